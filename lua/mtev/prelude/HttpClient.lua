-- mtev.HttpClient: HTTP/1 over an eventer object. Not a browser: no redirects,
-- no reuse of connections, no cookies kept. Specification: mtev-lua-api.md
-- §19.2. Loaded by require; called with the mtev table and a function that
-- bounds how far an eventer object reads in search of a terminator.
-- The name of the file is part of error messages.
local mtev, bound_search = ...

local HttpClient = {}
HttpClient.__index = HttpClient

-- A header line, and all of them, are no longer than this.
local MAX_LINE = 262144
local MAX_HEADERS = 1048576
-- The body is read, and handed on, in pieces of this many bytes at the most.
local PIECE = 65536
-- So much is inflated at once, so that no piece becomes larger than the limit.
local INFLATED_PIECE, INFLATED_LIMIT = 4096, 8388608

-- A table whose text keys are found in any case.
local function caseless()
  return setmetatable({}, {
    __index = function(t, key)
      return type(key) == "string" and rawget(t, key:lower()) or nil
    end,
  })
end

--- @lua client = HttpClient:new(hooks, sslconfig)
--- Makes a client for one connection. All hooks are optional functions:
--- `connected()`, `headers(headers, cookies)` once they are there,
--- `consume(text)` for each piece of the body, and `certfile()`, `keyfile()`,
--- `cachain()`, `ciphers()` for TLS without a configuration.
--- @param hooks? table: functions by name
--- @param sslconfig? table: as for `eventer:ssl_upgrade_socket`
--- @return table: the client
--- @suspends no
--- @example local client = require("mtev.HttpClient"):new{ consume = io.write }
--- @source mtev-lua-api.md §19.2
--- @compat same
function HttpClient:new(hooks, sslconfig)
  return setmetatable({ hooks = hooks or {}, sslconfig = sslconfig }, self)
end

local function hook(self, name, ...)
  local callback = self.hooks[name]
  if callback then return callback(...) end
end

--- @lua result, message = HttpClient:connect(target, port, ssl, ssl_host, ssl_layer)
--- Connects, with TLS if asked to.
--- @param target string: a literal IP address
--- @param port integer: the port
--- @param ssl? boolean: whether to use TLS
--- @param ssl_host? string: the host name for the server (SNI)
--- @param ssl_layer? string: the TLS versions, as for `eventer:ssl_upgrade_socket`
--- @return integer: 0, or -1
--- @return string: what is wrong
--- @error `mtev.socket family for … unknown` when the target is no address
--- @suspends maybe: until the connection is made
--- @example assert(client:connect("127.0.0.1", 80) == 0)
--- @source mtev-lua-api.md §19.2
--- @compat same
function HttpClient:connect(target, port, ssl, ssl_host, ssl_layer)
  self.target, self.port = target, port
  self.e = mtev.socket(target)
  if not self.e then return -1, "cannot create a socket" end
  local result, message = self.e:connect(target, port, self.connect_timeout)
  if result ~= 0 then return result, message end
  if ssl then
    if self.sslconfig then
      result, message = self.e:ssl_upgrade_socket(self.sslconfig, ssl_host, ssl_layer)
    else
      result, message = self.e:ssl_upgrade_socket(
        hook(self, "certfile"), hook(self, "keyfile"), hook(self, "cachain"),
        hook(self, "ciphers"), ssl_host, ssl_layer)
    end
    if result ~= 0 then return result, message end
  end
  bound_search(self.e, MAX_LINE)
  hook(self, "connected")
  return 0
end

--- @lua HttpClient:set_timeout(seconds, callback)
--- Limits the time of a request and its response. When it is over, the callback
--- is called and nothing more is read.
--- @param seconds number: counted from `do_request` on; nil and 0 for no limit
--- @param callback? function: called without arguments
--- @suspends no
--- @example client:set_timeout(10)
--- @source mtev-lua-api.md §19.2
--- @compat same
function HttpClient:set_timeout(seconds, callback)
  self.timeout, self.on_timeout = seconds, callback
end

--- @lua HttpClient:set_connect_timeout(seconds)
--- Limits the time that `connect` takes, TLS not included.
--- @param seconds number: nil for as long as the system tries
--- @suspends no
--- @example client:set_connect_timeout(5)
--- @source mtev-lua-api.md §19.2
--- @compat same
function HttpClient:set_connect_timeout(seconds) self.connect_timeout = seconds end

--- @lua data = HttpClient:read(delim)
--- Reads from the connection, as `eventer:read` does, within the time limit.
--- @param delim number|string: how many bytes, or the terminator
--- @return string: the bytes; nil at the end and when the time is over
--- @suspends maybe: until the bytes are there
--- @example local line = client:read("\n")
--- @source mtev-lua-api.md §19.2
--- @compat same
function HttpClient:read(delim)
  local limit = self.timeout
  if not limit or limit <= 0 then return self.e:read(delim) end
  if self.timed_out then return nil end
  local function expired()
    self.timed_out = true
    if self.on_timeout then self.on_timeout() end
  end
  local seconds, microseconds = mtev.gettimeofday()
  local left = limit - (seconds - (self.request_started_s or seconds))
    - (microseconds - (self.request_started_us or microseconds)) / 1e6
  if left <= 0 then return expired() end
  return self.e:read(delim, 0, left, expired)
end

--- @lua HttpClient:do_request(method, uri, headers, payload, http_version)
--- Sends a request. `Content-Length` is added for a payload, and
--- `Accept-Encoding: gzip, deflate` always; `User-Agent` and `Accept` have
--- defaults; `Host` is not added.
--- @param method string: such as `GET`
--- @param uri string: the path, with the query
--- @param headers table: values by name
--- @param payload? string: the body
--- @param http_version? string: `1.1` if missing
--- @suspends maybe: while the server takes nothing
--- @example client:do_request("GET", "/", { Host = "localhost" })
--- @source mtev-lua-api.md §19.2
--- @compat same
function HttpClient:do_request(method, uri, headers, payload, http_version)
  self.method = method
  self.request_started_s, self.request_started_us = mtev.gettimeofday()
  self.raw_bytes, self.content_bytes = 0, 0
  self.truncated, self.timed_out = nil, nil
  self.code, self.protocol, self.headers, self.cookies = nil, nil, nil, nil
  local lines = { ("%s %s HTTP/%s"):format(method, uri, http_version or "1.1") }
  local given = { ["accept-encoding"] = true }
  for name, value in pairs(headers or {}) do
    local key = tostring(name):lower()
    if not given[key] and not (key == "content-length" and payload and payload ~= "") then
      given[key] = true
      lines[#lines + 1] = ("%s: %s"):format(name, tostring(value))
    end
  end
  if payload and payload ~= "" then lines[#lines + 1] = "Content-Length: " .. #payload end
  lines[#lines + 1] = "Accept-Encoding: gzip, deflate"
  if not given["user-agent"] then lines[#lines + 1] = "User-Agent: libmtev/0" end
  if not given["accept"] then lines[#lines + 1] = "Accept: */*" end
  self.e:write(table.concat(lines, "\r\n") .. "\r\n\r\n" .. (payload or ""))
end

-- The lines of a header section, folded ones joined, up to the empty line.
local function read_header_lines(self, complaint)
  local lines, size = {}, 0
  while true do
    local line = self:read("\n")
    if not line or line:sub(-1) ~= "\n" then error(complaint) end
    size = size + #line
    if #line > MAX_LINE or size > MAX_HEADERS then error(complaint) end
    line = line:gsub("\r?\n$", "")
    if line == "" then return lines end
    local folded = line:match("^[ \t]+(.*)$")
    if folded and #lines > 0 then
      lines[#lines] = lines[#lines] .. " " .. folded
    else
      lines[#lines + 1] = line
    end
  end
end

--- @lua HttpClient:get_headers()
--- Reads the status line and the headers into `client.protocol`, `client.code`,
--- `client.headers`, whose names are found in any case, and `client.cookies`, an
--- array of the values of `Set-Cookie`. Interim responses are skipped.
--- @error `no response` when the connection ends instead
--- @error `malformed HTTP response:\n…` for another first line
--- @error `malformed header line`, also for headers of more than 1 MiB
--- @suspends maybe: until they are there
--- @example client:get_headers() print(client.code, client.headers["content-type"])
--- @source mtev-lua-api.md §19.2
--- @compat same
function HttpClient:get_headers()
  repeat
    local line = self:read("\n")
    if not line then error("no response") end
    local protocol, code = line:match("^(HTTP/%d%.?%d?)%s+(%d%d%d)%f[%s]")
    if not protocol then error("malformed HTTP response:\n" .. line) end
    self.protocol, self.code = protocol, tonumber(code)
    self.headers, self.cookies = caseless(), {}
    for _, header in ipairs(read_header_lines(self, "malformed header line")) do
      local name, value = header:match("^([^:%s]+)%s*:%s*(.-)%s*$")
      if not name then error("malformed header line") end
      name = name:lower()
      if name == "set-cookie" then self.cookies[#self.cookies + 1] = value end
      local before = rawget(self.headers, name)
      -- A list may come in several lines; a length that comes twice is no list.
      if before and name ~= "content-length" then value = before .. ", " .. value end
      self.headers[name] = value
    end
  until self.code < 100 or self.code > 199 or self.code == 101
  hook(self, "headers", self.headers, self.cookies)
end

-- Hands pieces on as they are.
local function ce_passthru(piece) return piece end

-- There is no body.
local function te_none() end

-- The body ends with the connection.
local function te_close(self, consume)
  while true do
    local piece = self:read(PIECE)
    if not piece then return end
    if not consume(piece) then return end
  end
end

-- The body has a known length.
local function te_length(self, consume, length)
  while length > 0 do
    local piece = self:read(math.min(length, PIECE))
    if not piece then
      self.truncated = true
      return
    end
    length = length - #piece
    if not consume(piece) then return end
  end
end

-- The body comes in chunks, each behind its length.
local function te_chunked(self, consume)
  while true do
    local line = self:read("\n")
    if not line then error("bad chunk transfer") end
    local digits = line:match("^%s*(%x+)%s*[;\r\n]")
    if not digits or #digits > 12 then error("bad chunk length: " .. line) end
    local length = tonumber(digits, 16)
    if length == 0 then
      read_header_lines(self, "bad chunk trailers")
      return
    end
    while length > 0 do
      local piece = self:read(math.min(length, PIECE))
      if not piece or (#piece < PIECE and #piece < length) then error("short chunked read") end
      length = length - #piece
      if not consume(piece) then return end
    end
    local boundary = self:read("\n")
    if boundary ~= "\r\n" and boundary ~= "\n" then error("short chunked boundary read") end
  end
end

-- What decodes the pieces of a body.
local function content_decoder(self)
  local encoding = (self.headers["content-encoding"] or ""):lower()
  if encoding == "" or encoding == "identity" then return ce_passthru end
  if not encoding:find("gzip", 1, true) and not encoding:find("deflate", 1, true) then
    error("unknown content-encoding: " .. self.headers["content-encoding"])
  end
  local inflate = mtev.gunzip()
  return function(piece)
    local texts = {}
    for start = 1, #piece, INFLATED_PIECE do
      texts[#texts + 1] = inflate(piece:sub(start, start + INFLATED_PIECE - 1), INFLATED_LIMIT)
    end
    return table.concat(texts)
  end
end

-- What reads the body, with its argument.
local function transfer(self)
  local headers, code = self.headers, self.code
  if self.method == "HEAD" or code == 204 or code == 304 then return te_none end
  local coding = (headers["transfer-encoding"] or ""):lower()
  if coding:find("chunked", 1, true) then return te_chunked end
  local length = headers["content-length"]
  if length and length:find("^%d+$") then return te_length, tonumber(length) end
  return te_close
end

--- @lua HttpClient:get_body(read_limit)
--- Reads the body and hands it, decoded, to the hook `consume`. With a limit,
--- the rest is left unread and `client.truncated` is true; so it is when the
--- connection ends before the body. `client.raw_bytes` and
--- `client.content_bytes` count what came and what was handed on.
--- @param read_limit? integer: how many bytes to hand on at the most
--- @error `unknown content-encoding: …`
--- @error `bad chunk transfer`, `bad chunk length: …`, `short chunked read`, `short chunked boundary read`, `bad chunk trailers`
--- @suspends maybe: until it is there
--- @example client:get_body()
--- @source mtev-lua-api.md §19.2
--- @compat differs: `truncated` tells of a body that is shorter than announced
function HttpClient:get_body(read_limit)
  local limit = read_limit and read_limit > 0 and read_limit or math.huge
  local read, argument = transfer(self)
  if read == te_none then return end
  local decode = content_decoder(self)
  read(self, function(piece)
    self.raw_bytes = self.raw_bytes + #piece
    local text = decode(piece)
    local room = limit - self.content_bytes
    if #text > room then
      text = text:sub(1, room)
      self.truncated = true
    end
    self.content_bytes = self.content_bytes + #text
    if text ~= "" then hook(self, "consume", text) end
    return not self.truncated
  end, argument)
end

--- @lua HttpClient:get_response(read_limit)
--- Reads the headers, then the body.
--- @param read_limit? integer: as for `get_body`
--- @error those of `get_headers` and `get_body`
--- @suspends maybe: until it is there
--- @example client:get_response(1000000)
--- @source mtev-lua-api.md §19.2
--- @compat same
function HttpClient:get_response(read_limit)
  self:get_headers()
  return self:get_body(read_limit)
end

--- @lua ctx = HttpClient:ssl_ctx()
--- What `eventer:ssl_ctx` says of the connection.
--- @return mtev.eventer.ssl_ctx: the TLS state; nil without TLS
--- @suspends no
--- @example print(client:ssl_ctx().subject)
--- @source mtev-lua-api.md §19.2
--- @compat same
function HttpClient:ssl_ctx() return self.e:ssl_ctx() end

--- @lua HttpClient:close()
--- Closes the connection.
--- @suspends always: as `eventer:close`
--- @example client:close()
--- @source mtev-lua-api.md §19.2
--- @compat same
function HttpClient:close() return self.e:close() end

-- The values of a challenge by name.
local function parse_challenge(challenge)
  local values = {}
  local rest = challenge:gsub("^%s*[Dd]igest%s+", "")
  for name, value in rest:gmatch('([%w_-]+)%s*=%s*"(.-)"') do values[name:lower()] = value end
  for name, value in rest:gmatch('([%w_-]+)%s*=%s*([^%s",]+)') do
    values[name:lower()] = values[name:lower()] or value
  end
  return values
end

--- @lua value = HttpClient:auth_digest(method, uri, user, pass, challenge)
--- Answers a challenge of Digest authentication with MD5.
--- @param method string: of the request
--- @param uri string: of the request
--- @param user string: the user's name
--- @param pass string: the password
--- @param challenge string: the value of `WWW-Authenticate`
--- @return string: the value for `Authorization`
--- @error `qop=… is unsupported` unless it is absent or offers `auth`
--- @suspends no
--- @example local value = client:auth_digest("GET", "/", "me", "secret", client.headers["www-authenticate"])
--- @source mtev-lua-api.md §19.2
--- @compat same
function HttpClient:auth_digest(method, uri, user, pass, challenge)
  local given = parse_challenge(challenge)
  local realm, nonce, qop = given.realm or "", given.nonce or "", given.qop
  local secret = mtev.md5_hex(("%s:%s:%s"):format(user, realm, pass))
  local request = mtev.md5_hex(("%s:%s"):format(method, uri))
  local parts = {
    ('username="%s"'):format(user), ('realm="%s"'):format(realm),
    ('nonce="%s"'):format(nonce), ('uri="%s"'):format(uri),
  }
  if qop then
    if not ("," .. qop:gsub("%s", "") .. ","):find(",auth,", 1, true) then
      error("qop=" .. qop .. " is unsupported")
    end
    local count, client_nonce = "00000001", mtev.md5_hex(mtev.uuid())
    local response = table.concat({ secret, nonce, count, client_nonce, "auth", request }, ":")
    parts[#parts + 1] = "qop=auth"
    parts[#parts + 1] = "nc=" .. count
    parts[#parts + 1] = ('cnonce="%s"'):format(client_nonce)
    parts[#parts + 1] = ('response="%s"'):format(mtev.md5_hex(response))
  else
    local response = table.concat({ secret, nonce, request }, ":")
    parts[#parts + 1] = ('response="%s"'):format(mtev.md5_hex(response))
  end
  if given.opaque then parts[#parts + 1] = ('opaque="%s"'):format(given.opaque) end
  if given.algorithm then parts[#parts + 1] = "algorithm=" .. given.algorithm end
  return "Digest " .. table.concat(parts, ", ")
end

-- The reference leaks these into the globals (§19.2).
local globals = {
  ce_passthru = ce_passthru, te_none = te_none, te_close = te_close,
  te_length = te_length, te_chunked = te_chunked,
}
for name, value in pairs(globals) do _G[name] = value end

return HttpClient
