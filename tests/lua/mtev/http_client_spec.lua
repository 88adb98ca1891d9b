-- mtev.HttpClient and mtev.Api against a server written in Lua.
local HttpClient = require 'mtev.HttpClient'

describe('HTTP', function()
  local server, port, requests

  -- What the server says, by path.
  local pages = {
    ['/hello'] = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
    ['/pieces'] = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n7\r\n second\r\n0\r\n\r\n',
    ['/cookies'] = 'HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n',
    ['/json'] = 'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"answer":42.0}',
    ['/missing'] = 'HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone',
  }

  local function read_request(e)
    local request = { line = e:read('\n'), headers = {} }
    if not request.line then return nil end
    for line in function() return e:read('\n') end do
      local name, value = line:match('^([^:]+):%s*(.-)\r\n')
      if not name then break end
      request.headers[name:lower()] = value
    end
    request.body = e:read(tonumber(request.headers['content-length'] or 0))
    return request
  end

  before_each(function()
    requests = {}
    local listener = mtev.socket('inet')
    assert.equal(0, (listener:bind('127.0.0.1', 0)))
    assert.equal(0, (listener:listen(5)))
    port = select(2, listener:sock_name())
    mtev.coroutine_spawn(function()
      server = coroutine.running()
      local l = listener:own()
      while true do
        local e = l:accept()
        if not e then return end
        mtev.coroutine_spawn(function()
          e = e:own()
          local request = read_request(e)
          if request then
            requests[#requests + 1] = request
            local path = request.line:match('^%u+ (%S+)')
            if pages[path] then e:write(pages[path]) end
          end
          e:close()
        end)
      end
    end)
  end)
  after_each(function() mtev.cancel_coro(server) end)

  local function fetch(path)
    local pieces, seen = {}, {}
    local client = HttpClient:new {
      connected = function() seen.connected = true end,
      headers = function(headers) seen.length = headers['content-length'] end,
      consume = function(text) pieces[#pieces + 1] = text end,
    }
    finally(function() client:close() end)
    assert.equal(0, (client:connect('127.0.0.1', port)))
    client:do_request('GET', path, { Host = 'localhost' })
    client:get_response()
    return client, table.concat(pieces), seen
  end

  it('gives the status, the headers in any case, and the body', function()
    local client, body, seen = fetch('/hello')
    assert.same({ 200, '5', 'hello' }, { client.code, client.headers['CONTENT-length'], body })
    assert.same({ connected = true, length = '5' }, seen)
    assert.equal('localhost', requests[1].headers.host)
  end)

  it('joins the pieces of a chunked body', function()
    local client, body = fetch('/pieces')
    assert.equal('first second', body)
    assert.equal(12, client.content_bytes)
  end)

  it('keeps cookies apart', function()
    assert.same({ 'a=1', 'b=2' }, (fetch('/cookies')).cookies)
  end)

  it('tells that there is no response', function()
    assert.error_matches(function() fetch('/hangs up') end, 'no response')
  end)

  it('has an API for documents', function()
    local document = mtev.Api:http('127.0.0.1', port):get('/json'):check():json()
    assert.same({ answer = 42 }, document)
  end)

  it('sends tables as JSON', function()
    mtev.Api:http('127.0.0.1', port):post('/hello', { name = 'x' })
    assert.matches('^POST /hello ', requests[1].line)
    assert.same({ name = 'x' }, mtev.parsejson(requests[1].body):document())
  end)

  it('insists on success when told to', function()
    local response = mtev.Api:http('127.0.0.1', port):get('/missing')
    assert.same({ 404, 'gone' }, { response:rc(), response:text() })
    assert.error_matches(function() response:check() end, '404.*gone')
  end)

  it('has the code -1 where nobody listens', function()
    local closed = mtev.socket('inet')
    closed:bind('127.0.0.1', 0)
    local _, unused = closed:sock_name()
    closed:close()
    assert.equal(-1, mtev.Api:http('127.0.0.1', unused):get('/'):rc())
  end)
end)
