-- mtev.extras: small helpers that need nothing but Lua.
-- Specification: mtev-lua-api.md §20.2. Called with the mtev table.
local mtev = ...

local extras = {}
mtev.extras = extras

--- @lua pieces = mtev.extras.split(str, delimiter, max)
--- Splits a string. Empty pieces are kept, but for one at the end.
--- @param str string: what to split
--- @param delimiter string: a Lua pattern
--- @param max? integer: the number of splits at the most; 0 or nil for no limit
--- @return table: an array of strings
--- @suspends no
--- @example print(unpack(mtev.extras.split("a,b,c", ",")))
--- @source mtev-lua-api.md §20.2
--- @compat same
function extras.split(str, delimiter, max)
  local pieces = {}
  local start = 1
  local limit = max and max > 0 and max or math.huge
  while #pieces < limit do
    local first, last = str:find(delimiter, start)
    if not first or last < first then break end
    pieces[#pieces + 1] = str:sub(start, first - 1)
    start = last + 1
  end
  if start <= #str then pieces[#pieces + 1] = str:sub(start) end
  return pieces
end

--- @lua number = mtev.extras.iptonumber(address)
--- Converts a dotted IPv4 address to a number, taking any groups of digits.
--- @param address string: such as `1.2.3.4`
--- @return integer: the groups as digits of base 256
--- @suspends no
--- @example print(mtev.extras.iptonumber("1.2.3.4"))
--- @source mtev-lua-api.md §20.2
--- @compat same
function extras.iptonumber(address)
  local number = 0
  for digits in address:gmatch("%d+") do number = number * 256 + tonumber(digits) end
  return number
end

local function name_matches(host, name)
  local pattern = name:gsub("[%^%$%(%)%%%.%[%]%+%-%?]", "%%%0"):gsub("%*", "[^%%.]+")
  return host:find("^" .. pattern .. "$") ~= nil
end

--- @lua message = mtev.extras.check_host_header_against_certificate(host, subject, san_list)
--- Compares a host name with the names in a certificate. `*` in the
--- certificate stands for one label without dots.
--- @param host string: the host name
--- @param subject string: the certificate's subject, such as `/O=Example/CN=example.com`
--- @param san_list? string: the subject's other names, separated by commas
--- @return string: nil if a name matches, else what is wrong
--- @error an argument error when the subject has no `CN=`
--- @suspends no
--- @example assert(not mtev.extras.check_host_header_against_certificate("a.com", "/CN=a.com"))
--- @source mtev-lua-api.md §20.2
--- @compat same
function extras.check_host_header_against_certificate(host, subject, san_list)
  local common_name = string.match(subject, "CN=([^/]*)")
  if name_matches(host, string.sub(common_name, 1)) then return nil end
  for name in (san_list or ""):gmatch("[^,%s]+") do
    if name_matches(host, name) then return nil end
  end
  return "host header does not match CN or SANs in certificate"
end

local function hexadecimal(byte) return ("%%%02x"):format(byte:byte()) end

--- @lua encoded, count = mtev.extras.url_encode(text)
--- Percent-encodes all but letters, digits and `-_.~`.
--- @param text string: any bytes
--- @return string: the encoded text
--- @return integer: the number of bytes that were encoded
--- @suspends no
--- @example print(mtev.extras.url_encode("a b"))
--- @source mtev-lua-api.md §20.2
--- @compat same
function extras.url_encode(text) return text:gsub("[^%w%-_%.~]", hexadecimal) end

--- @lua decoded, count = mtev.extras.url_decode(text)
--- Decodes percent-encoding. `+` stays as it is.
--- @param text string: encoded text
--- @return string: the decoded bytes
--- @return integer: the number of bytes that were decoded
--- @suspends no
--- @example print(mtev.extras.url_decode("a%20b"))
--- @source mtev-lua-api.md §20.2
--- @compat same
function extras.url_decode(text)
  return text:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end)
end

--- Splits `text` into key=value pairs; a key without a value is true.
local function decode_pairs(text, separator, decode, wanted)
  local values = {}
  for pair in text:gmatch(separator) do
    local key, value = pair:match("^([^=]*)=?(.*)$")
    if key ~= "" then values[decode(key)] = value == "" or decode(value) end
  end
  if wanted ~= nil then return values[wanted] end
  return values
end

--- @lua form = mtev.extras.decode_form(request, key)
--- Decodes the form that a request carries. `+` is not decoded.
--- @param request table: an HTTP request with `headers` and `payload`
--- @param key? string: the one value wanted
--- @return table: the values by name, or the one value; nil if the content type is another
--- @suspends no
--- @example local form = mtev.extras.decode_form(request)
--- @source mtev-lua-api.md §20.2
--- @compat same
function extras.decode_form(request, key)
  local kind = request:headers("content-type")
  if not kind or not kind:find("application/x-www-form-urlencoded", 1, true) then return nil end
  return decode_pairs(request:payload() or "", "[^&]+", function(text)
    return (extras.url_decode(text))
  end, key)
end

--- @lua cookies = mtev.extras.decode_cookie(request, key)
--- Decodes the cookies of a request.
--- @param request table: an HTTP request with `headers`
--- @param key? string: the one cookie wanted
--- @return table: the cookies by name, or the one value
--- @suspends no
--- @example local session = mtev.extras.decode_cookie(request, "session")
--- @source mtev-lua-api.md §20.2
--- @compat same
function extras.decode_cookie(request, key)
  local header = request:headers("cookie") or ""
  return decode_pairs(header:gsub("; ", "\0"), "%Z+", function(text)
    return (extras.url_decode(text))
  end, key)
end

local function cookie_encode(text) return (tostring(text):gsub("[^%w%-]", hexadecimal)) end

--- @lua mtev.extras.set_cookie(http, key, value, attributes)
--- Adds a `Set-Cookie` header to a response.
--- @param http table: an HTTP response with `header`
--- @param key string: the cookie's name, percent-encoded in the header
--- @param value string: its value, percent-encoded in the header
--- @param attributes? table: `domain`, `path`, `expires` (seconds from now), `secure`, `httponly`
--- @suspends no
--- @example mtev.extras.set_cookie(http, "session", id, { path = "/", httponly = true })
--- @source mtev-lua-api.md §20.2
--- @compat same
function extras.set_cookie(http, key, value, attributes)
  local wanted = {}
  for name, setting in pairs(attributes or {}) do wanted[name:lower()] = setting end
  local cookie = { cookie_encode(key) .. "=" .. cookie_encode(value) }
  if wanted.domain then cookie[#cookie + 1] = "Domain=" .. wanted.domain end
  if wanted.path then cookie[#cookie + 1] = "Path=" .. wanted.path end
  if wanted.expires then
    local when = os.time() + wanted.expires
    cookie[#cookie + 1] = "Expires=" .. os.date("!%a, %d %b %Y %H:%M:%S GMT", when)
  end
  if wanted.secure then cookie[#cookie + 1] = "Secure" end
  if wanted.httponly then cookie[#cookie + 1] = "HttpOnly" end
  http:header("Set-Cookie", table.concat(cookie, "; "))
end

--- @lua mtev.extras.print_wrap(value)
--- Writes one value and a newline to the log stream `error`.
--- @param value any: converted by `tostring`
--- @suspends no
--- @example mtev.extras.print_wrap(os.time())
--- @source mtev-lua-api.md §20.2
--- @compat same
function extras.print_wrap(value) mtev.log("error", "%s\n", tostring(value)) end

--- @lua ... = mtev.extras.repl_eval(code, emit)
--- Compiles and runs a chunk that sees all globals, but whose `print` is
--- `emit`.
--- @param code string: Lua source
--- @param emit? function: takes the place of `print`
--- @return any: what the chunk returns
--- @error what the chunk raises, a syntax error, or `print is immutable`
--- @suspends maybe: when the chunk does
--- @example print(mtev.extras.repl_eval("return 1 + 1"))
--- @source mtev-lua-api.md §20.2
--- @compat same
function extras.repl_eval(code, emit)
  local chunk = assert(loadstring(code))
  local own = { print = emit or extras.print_wrap }
  setfenv(chunk, setmetatable({}, {
    __index = function(_, name)
      local value = own[name]
      if value == nil then return _G[name] end
      return value
    end,
    __newindex = function(_, name, value)
      if name == "print" then error("print is immutable", 2) end
      _G[name] = value
    end,
  }))
  return chunk()
end

--- @lua ok, ... = mtev.extras.mtev_coros_resume(co, ...)
--- What `coroutine.resume` is in a state of luamtev: the original
--- (`coroutine._resume`), which then forgets a coroutine that is dead.
--- Results after a nil are lost.
--- @param co thread: a coroutine
--- @param ... any: passed to it
--- @return boolean: whether it ran without an error
--- @return any: what it yielded or returned, or the error
--- @suspends no
--- @example print(coroutine.resume(coroutine.create(function() return 1 end)))
--- @source mtev-lua-api.md §2.8
--- @compat same
function extras.mtev_coros_resume(co, ...) return coroutine.resume(co, ...) end
