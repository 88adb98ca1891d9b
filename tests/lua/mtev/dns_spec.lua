-- Names and addresses; the name server is written in Lua.
describe('addresses', function()
  it.each {
    { '127.0.0.1', 'inet', 2 }, { '::1', 'inet6', 10 }, { 'fe80::1:2', 'inet6', 10 },
  }('%s is one of the family %s', function(text, family, number)
    assert.same({ true, family }, { unpack({ mtev.inet_pton(text) }, 1, 2) })
    assert.same({ true, number }, { mtev.dns().is_valid_ip(text) })
  end)

  it.each { { 'localhost' }, { '1.2.3' }, { '1.2.3.256' }, { ':::' }, { '' } }('%q is none', function(text)
    assert.is_false((mtev.inet_pton(text)))
    assert.is_false((mtev.dns().is_valid_ip(text)))
  end)
end)

describe('a resolver', function()
  local server, server_coroutine, address, questions

  -- The query goes back with an answer that points at its name; `data` is
  -- what an A record holds.
  local function answer(query, data)
    local question_end = query:find('\0', 13, true) + 4
    local header = query:sub(1, 2) .. '\129\128' .. '\0\1\0\1\0\0\0\0'
    return header .. query:sub(13, question_end) .. '\192\12\0\1\0\1\0\0\0\60\0\4' .. data
  end

  local function name_of(query)
    local labels, at = {}, 13
    while query:byte(at) ~= 0 do
      local length = query:byte(at)
      labels[#labels + 1] = query:sub(at + 1, at + length)
      at = at + 1 + length
    end
    return table.concat(labels, '.')
  end

  before_each(function()
    questions = {}
    server = mtev.socket('inet', 'udp')
    assert.equal(0, (server:bind('127.0.0.1', 0)))
    local _, port = server:sock_name()
    address = '127.0.0.1:' .. port
    mtev.coroutine_spawn(function()
      server_coroutine = coroutine.running()
      local e = server:own()
      while true do
        local _, query, from, from_port = e:recv(1500)
        local name = name_of(query)
        questions[#questions + 1] = name
        e:sendto(answer(query, name:find('^ten') and '\10\0\0\1' or '\192\0\2\1'), from, from_port)
      end
    end)
  end)
  after_each(function() mtev.cancel_coro(server_coroutine) end)

  it('gives addresses with their time to live', function()
    local record = mtev.dns(address):lookup('host.example')
    assert.same({ 'host.example' }, questions)
    assert.same({ a = '192.0.2.1', ttl = 60 }, record)
  end)

  it('serves many coroutines at once', function()
    local dns, right = mtev.dns(address), 0
    for i = 1, 20 do
      mtev.coroutine_spawn(function()
        local name = (i % 2 == 0 and 'ten' or 'other') .. i .. '.example'
        local wanted = i % 2 == 0 and '10.0.0.1' or '192.0.2.1'
        if dns:lookup(name).a == wanted then right = right + 1 end
        mtev.notify('dns_spec.looked_up')
      end)
    end
    for _ = 1, 20 do assert.is_string((mtev.waitfor('dns_spec.looked_up', 20))) end
    assert.equal(20, right)
  end)

  it('refuses types that there are not', function()
    assert.error_matches(function() mtev.dns(address):lookup('a.example', 'bogus') end, 'bad rr type')
    assert.same({}, questions)
  end)
end)
