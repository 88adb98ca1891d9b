-- mtev.Api: requests to an HTTP service in one call each, over mtev.HttpClient,
-- which is loaded by the first request. A connection serves one request.
-- Specification: mtev-lua-api.md §19.1. Called with the mtev table. The name
-- of the file is part of error messages.
local mtev = ...

local Api, ApiResponse = {}, {}
Api.__index, ApiResponse.__index = Api, ApiResponse
mtev.Api, mtev.ApiResponse = Api, ApiResponse

-- A body is no longer than this.
local READ_LIMIT = 100000000

--- @lua api = mtev.Api:new(host, port, headers, sslconfig)
--- Describes a service; `mtev.Api:http` and `mtev.Api:https` are for short.
--- @param host string: a name, or a literal IPv4 or IPv6 address
--- @param port integer: the port
--- @param headers? table: sent with each request
--- @param sslconfig? table: as for `eventer:ssl_upgrade_socket`; plain HTTP without it
--- @return table: the service
--- @error `No host given` or `No port given`
--- @suspends no
--- @example local api = mtev.Api:new("127.0.0.1", 8080)
--- @source mtev-lua-api.md §19.1
--- @compat same
function Api:new(host, port, headers, sslconfig)
  if not host then error("No host given") end
  if not port then error("No port given") end
  return setmetatable({ host = host, port = port, headers = headers, sslconfig = sslconfig }, self)
end

--- @lua api = mtev.Api:http(host, port, headers)
--- Describes an HTTP service.
--- @param host string: a name, or a literal IPv4 or IPv6 address
--- @param port integer: the port
--- @param headers? table: sent with each request
--- @return table: the service
--- @error `No host given` or `No port given`
--- @suspends no
--- @example local document = mtev.Api:http("127.0.0.1", 8080):get("/status"):check():json()
--- @source mtev-lua-api.md §19.1
--- @compat same
function Api:http(host, port, headers) return self:new(host, port, headers) end

--- @lua api = mtev.Api:https(host, port, headers, sslconfig)
--- Describes an HTTPS service. Certificates are not verified beyond what
--- `eventer:ssl_upgrade_socket` does.
--- @param host string: a name, or a literal IPv4 or IPv6 address
--- @param port integer: the port
--- @param headers? table: sent with each request
--- @param sslconfig? table: `certificate_file`, `key_file`, `ca_chain`, `ciphers`
--- @return table: the service
--- @error `No host given` or `No port given`
--- @suspends no
--- @example local api = mtev.Api:https("example.com", 443)
--- @source mtev-lua-api.md §19.1
--- @compat same
function Api:https(host, port, headers, sslconfig)
  return self:new(host, port, headers, sslconfig or {})
end

local function new_response(code, output, headers)
  return setmetatable({ code = code, output = output, headers = headers }, ApiResponse)
end

-- The address of a host; nil if it has none.
local function resolve(host)
  local dns = mtev.dns()
  if dns.is_valid_ip(host) then return host end
  local record = dns:lookup(host)
  return record and record.a
end

--- @lua response = mtev.Api:request(method, path, payload, headers)
--- Sends a request and reads the response. `Host`, the service's address, and
--- `Accept: application/json` are added to the table of headers.
--- @param method string: such as `GET`
--- @param path string: the path, with the query
--- @param payload? string|table: the body; a table is sent as JSON
--- @param headers? table: instead of the service's headers
--- @return table: the response; its code is -1 when there is no connection
--- @error those of `mtev.HttpClient`, for a response that is none
--- @suspends always: until the response is there
--- @example local response = api:request("DELETE", "/items/1")
--- @source mtev-lua-api.md §19.1
--- @compat differs: the connection is closed at once
function Api:request(method, path, payload, headers)
  headers = headers or self.headers or {}
  if type(payload) == "table" then payload = mtev.tojson(payload):tostring() end
  local address = resolve(self.host)
  if not address then return new_response(-1, "DNS lookup failed") end
  local output = {}
  local HttpClient = require("mtev.HttpClient")
  local client = HttpClient:new(
    { consume = function(text) output[#output + 1] = text end }, self.sslconfig)
  if client:connect(address, self.port, self.sslconfig ~= nil, address) ~= 0 then
    client:close()
    return new_response(-1, "client:connect failed")
  end
  headers.Host = address
  local accepts = false
  for name in pairs(headers) do accepts = accepts or tostring(name):lower() == "accept" end
  if not accepts then headers.Accept = "application/json" end
  mtev.log("debug/http", "%s %s\n", method, path)
  local done, problem = pcall(function()
    client:do_request(method, path, headers, payload, "1.1")
    client:get_response(READ_LIMIT)
  end)
  client:close()
  if not done then error(problem, 0) end
  local text = table.concat(output)
  mtev.log("debug/http", "%d, %d bytes\n", client.code, #text)
  return new_response(client.code, text, client.headers)
end

--- @lua response = mtev.Api:get(path, payload, headers)
--- A request with the method GET.
--- @param path string: the path, with the query
--- @param payload? string|table: as for `request`
--- @param headers? table: as for `request`
--- @return table: the response
--- @error those of `request`
--- @suspends always: until the response is there
--- @example print(api:get("/"):text())
--- @source mtev-lua-api.md §19.1
--- @compat same
function Api:get(path, payload, headers) return self:request("GET", path, payload, headers) end

--- @lua response = mtev.Api:post(path, payload, headers)
--- A request with the method POST.
--- @param path string: the path, with the query
--- @param payload? string|table: as for `request`
--- @param headers? table: as for `request`
--- @return table: the response
--- @error those of `request`
--- @suspends always: until the response is there
--- @example api:post("/items", { name = "x" }):check()
--- @source mtev-lua-api.md §19.1
--- @compat same
function Api:post(path, payload, headers) return self:request("POST", path, payload, headers) end

--- @lua response = mtev.Api:put(path, payload, headers)
--- A request with the method PUT.
--- @param path string: the path, with the query
--- @param payload? string|table: as for `request`
--- @param headers? table: as for `request`
--- @return table: the response
--- @error those of `request`
--- @suspends always: until the response is there
--- @example api:put("/items/1", { name = "y" }):check()
--- @source mtev-lua-api.md §19.1
--- @compat same
function Api:put(path, payload, headers) return self:request("PUT", path, payload, headers) end

--- @lua code = mtev.ApiResponse:rc()
--- The status code.
--- @return integer: such as 200; -1 when there was no connection
--- @suspends no
--- @example print(api:get("/"):rc())
--- @source mtev-lua-api.md §19.1
--- @compat same
function ApiResponse:rc() return self.code end

--- @lua response = mtev.ApiResponse:check()
--- Insists on success.
--- @return table: the response itself, if its code is from 200 to 299
--- @error `API requests failed (code): body` otherwise
--- @suspends no
--- @example local document = api:get("/"):check():json()
--- @source mtev-lua-api.md §19.1
--- @compat same
function ApiResponse:check()
  if self.code >= 200 and self.code <= 299 then return self end
  error(("API requests failed (%d): %s"):format(self.code, self.output))
end

--- @lua text = mtev.ApiResponse:text()
--- The body.
--- @return string: the body, or what went wrong when there was no connection
--- @suspends no
--- @example print(api:get("/"):text())
--- @source mtev-lua-api.md §19.1
--- @compat same
function ApiResponse:text() return self.output end

--- @lua document = mtev.ApiResponse:json()
--- The body as JSON.
--- @return any: the decoded document; nil for an empty body
--- @error `json parse error: message @offset`
--- @suspends no
--- @example print(api:get("/"):json().name)
--- @source mtev-lua-api.md §19.1
--- @compat differs: the error says what is wrong
function ApiResponse:json()
  if self.output == "" then return nil end
  local document, message, offset = mtev.parsejson(self.output)
  if not document then
    error(("json parse error: %s @%s"):format(tostring(message), tostring(offset)))
  end
  return document:document()
end

--- @lua document = mtev.ApiResponse:xml()
--- The body as XML.
--- @return mtev.xmldoc: the document, or nil if it is none
--- @suspends maybe: while the XML library loads
--- @example print(api:get("/"):xml():root():name())
--- @source mtev-lua-api.md §19.1
--- @compat same
function ApiResponse:xml() return (mtev.parsexml(self.output)) end
