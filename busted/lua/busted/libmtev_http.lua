-- The HTTP helpers that libmtev's test runner gives to its specs: HTTP, API.
-- Specification: busted.md §2.3.

local default_host, default_port = '127.0.0.1', 8888

--- Where `API:new()` without arguments sends its requests.
function set_api_host(host) default_host = host end
function set_api_port(port) default_port = port end

--- The document of a JSON text; nil when it is none.
local function parse(text)
  local document = text and text ~= '' and mtev.parsejson(text)
  return document and document:document() or nil
end

local function address_of(host)
  local dns = mtev.dns()
  if dns.is_valid_ip(host) then return host end
  local answer = dns:lookup(host)
  return answer and (answer.a or answer.aaaa) or nil, ('cannot look up %s'):format(host)
end

--- Sends a request. Returns the status, the document of the body, the body and
--- the headers of the answer; or -1 and `{ error = … }`.
--- @param payload string|table? a table is sent as JSON
--- @param pp function? makes the document of the body; JSON by default
--- @param config table? for HTTPS: the TLS configuration of mtev.HttpClient
function HTTP(method, host, port, uri, headers, payload, pp, config)
  local function failed(message) return -1, { error = message } end
  local sent = { Host = host, Accept = 'application/json' }
  for name, value in pairs(headers or {}) do
    if name:lower() == 'accept' then sent.Accept = nil end
    if name:lower() == 'host' then sent.Host = nil end
    sent[name] = value
  end
  if type(payload) == 'table' then payload = mtev.tojson(payload):tostring() end
  local address, unknown = address_of(host)
  if not address then return failed(unknown) end
  local parts = {}
  local client = require 'mtev.HttpClient':new({
    consume = function(text) parts[#parts + 1] = text end,
  }, config)
  local result, message = client:connect(address, port, config ~= nil, config and host)
  if result ~= 0 then return failed(message or 'cannot connect') end
  local ok, problem = pcall(function()
    client:do_request(method, uri, sent, payload)
    client:get_response()
  end)
  client:close()
  if not ok then return failed(problem) end
  if not client.code then return failed('no answer') end
  local raw = table.concat(parts)
  return client.code, (pp or parse)(raw), raw, client.headers
end

API = {}
API.__index = API

--- A server to send requests to.
function API:new(host, port)
  return setmetatable({
    host = host or default_host,
    port = port or default_port,
    sent = {},
    config = nil,
  }, self)
end

--- Sets the TLS configuration of `HTTPS`. Returns the object.
function API:ssl(config)
  self.config = config
  return self
end

--- Sets headers of all requests, under lower-case names. Returns the object.
function API:headers(headers)
  self.sent = {}
  for name, value in pairs(headers) do self.sent[name:lower()] = value end
  return self
end

function API:HTTP(method, uri, payload, pp)
  return HTTP(method, self.host, self.port, uri, self.sent, payload, pp)
end

function API:HTTPS(method, uri, payload, pp)
  return HTTP(method, self.host, self.port, uri, self.sent, payload, pp, self.config or {})
end

--- As HTTP and HTTPS, behind pcall's result.
function API:HTTP_pcall(...) return pcall(self.HTTP, self, ...) end
function API:HTTPS_pcall(...) return pcall(self.HTTPS, self, ...) end
