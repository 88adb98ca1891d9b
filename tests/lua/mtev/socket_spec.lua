-- Sockets: a server and a client in one program, neither blocking the other.
describe('sockets', function()
  local listener, port

  before_each(function()
    listener = mtev.socket('inet')
    assert.equal(0, (listener:bind('127.0.0.1', 0)))
    assert.equal(0, (listener:listen(5)))
    local _, bound = listener:sock_name()
    port = bound
  end)
  after_each(function() listener:close() end)

  local function serve(handle)
    mtev.coroutine_spawn(function(l)
      l = l:own()
      local e = l:accept()
      handle(e)
      e:close()
      l:close()
    end, listener)
  end

  local function connect()
    local e = mtev.socket('inet')
    assert.equal(0, (e:connect('127.0.0.1', port)))
    return e
  end

  it('echo lines', function()
    serve(function(e)
      for _ = 1, 3 do e:write('echo ' .. e:read('\n')) end
    end)
    local e = connect()
    for i = 1, 3 do
      e:write(('line %d\n'):format(i))
      assert.equal(('echo line %d\n'):format(i), e:read('\n'))
    end
    e:close()
  end)

  it('tell the end of the stream', function()
    serve(function(e) e:write('all') end)
    local e = connect()
    assert.equal('all', e:read(100))
    assert.is_nil(e:read(100))
    e:close()
  end)

  it('refuse where nobody listens', function()
    local e = mtev.socket('inet')
    local result, problem = e:connect('127.0.0.1', 1)
    assert.equal(-1, result)
    assert.is_string(problem)
    e:close()
  end)
end)
