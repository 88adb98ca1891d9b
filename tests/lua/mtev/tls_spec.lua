-- TLS between two coroutines; openssl makes the certificate.
describe('TLS', function()
  local folder, certificate, key

  local function has_openssl() return (mtev.sh('command -v openssl')) == 0 end

  setup(function()
    folder = os.tmpname()
    os.remove(folder)
    assert.is_true((mtev.mkdir(folder, tonumber('700', 8))))
    certificate, key = folder .. '/certificate.pem', folder .. '/key.pem'
    if has_openssl() then
      local status, _, problem = mtev.sh(('openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=tls.example'
        .. ' -keyout %s -out %s'):format(key, certificate), 60)
      assert.equal(0, status, problem)
    end
  end)
  teardown(function() mtev.sh('rm -r ' .. folder) end)

  --- Serves one connection; returns the port.
  local function serve(handle)
    local listener = mtev.socket('inet')
    assert.equal(0, (listener:bind('127.0.0.1', 0)))
    assert.equal(0, (listener:listen(1)))
    local _, port = listener:sock_name()
    mtev.coroutine_spawn(function()
      listener = listener:own()
      local e = listener:accept()
      local result = e:ssl_upgrade_socket { certificate_file = certificate, key_file = key, mode = 'server' }
      if result == 0 then handle(e) end
      e:close()
      listener:close()
    end)
    return port
  end

  local function connect(port)
    local e = mtev.socket('inet')
    assert.equal(0, (e:connect('127.0.0.1', port)))
    return e
  end

  it('hides what goes by, and names who answers', function()
    if not has_openssl() then pending('no openssl to make a certificate with') end
    local e = connect(serve(function(e) e:write('you said ' .. e:read('\n')) end))
    assert.is_nil(e:ssl_ctx())
    assert.equal(0, (e:ssl_upgrade_socket({ ca_chain = certificate }, 'tls.example')))
    e:write('hello\n')
    assert.equal('you said hello\n', e:read('\n'))
    local context = e:ssl_ctx()
    assert.equal('/CN=tls.example', context.subject)
    assert.equal('ok', context.verdict)
    e:close()
  end)

  it('fails with a reason when the other side speaks something else', function()
    local listener = mtev.socket('inet')
    assert.equal(0, (listener:bind('127.0.0.1', 0)))
    assert.equal(0, (listener:listen(1)))
    local _, port = listener:sock_name()
    mtev.coroutine_spawn(function()
      listener = listener:own()
      local e = listener:accept()
      e:write('220 this is no TLS\r\n')
      e:close()
      listener:close()
    end)
    local e = connect(port)
    local result, problem = e:ssl_upgrade_socket({}, 'tls.example')
    assert.equal(-1, result)
    assert.is_string(problem)
    e:close()
  end)
end)
