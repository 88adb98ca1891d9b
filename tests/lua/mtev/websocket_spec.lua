-- WebSocket clients; the server is written in Lua.
describe('a websocket client', function()
  local port, requested

  local function unmasked(e)
    local first, second = e:read(2):byte(1, 2)
    local length = bit.band(second, 127)
    if length == 126 then
      local high, low = e:read(2):byte(1, 2)
      length = high * 256 + low
    end
    local mask, bytes = { e:read(4):byte(1, 4) }, {}
    local payload = length > 0 and e:read(length) or ''
    for i = 1, length do bytes[i] = string.char(bit.bxor(payload:byte(i), mask[(i - 1) % 4 + 1])) end
    return bit.band(first, 15), table.concat(bytes)
  end

  --- Accepts one client and sends back, in capitals, what it says.
  local function serve(listener)
    listener = listener:own()
    local e = listener:accept()
    listener:close()
    requested = e:read('\r\n\r\n')
    local key = requested:match('Sec%-WebSocket%-Key: (%S+)')
    e:write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: '
      .. mtev.base64_encode(mtev.sha1(key .. '258EAFA5-E914-47DA-95CA-C5AB0DC85B11')) .. '\r\n\r\n')
    while true do
      local opcode, payload = unmasked(e)
      if opcode == 8 then break end
      e:write(string.char(128 + opcode, #payload) .. payload:upper())
    end
    e:close()
  end

  before_each(function()
    local listener = mtev.socket('inet')
    assert.equal(0, (listener:bind('127.0.0.1', 0)))
    assert.equal(0, (listener:listen(1)))
    local _
    _, port = listener:sock_name()
    mtev.coroutine_spawn(serve, listener)
  end)

  it('talks, and says goodbye', function()
    local answers = {}
    assert.is_true(mtev.websocket_client_connect('127.0.0.1', port, '/chat?room=1', nil, {
      ready = function(client) return client:send(client.TEXT, 'hello') end,
      message = function(client, _, payload)
        answers[#answers + 1] = payload
        if #answers == 2 then return false end
        return client:send(client.TEXT, 'again')
      end,
      cleanup = function() mtev.notify('websocket_spec.gone') end,
    }))
    assert.is_string((mtev.waitfor('websocket_spec.gone', 20)))
    assert.same({ 'HELLO', 'AGAIN' }, answers)
    assert.matches('^GET /chat%?room=1 HTTP/1.1\r\n', requested)
  end)
end)
