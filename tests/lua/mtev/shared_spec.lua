-- Values, queues and counters that all states of a process share.
describe('shared queues', function()
  it('give each value to one of those who wait', function()
    local got = {}
    for _ = 1, 3 do
      mtev.coroutine_spawn(function()
        local value = mtev.shared_waitfor('shared_spec.jobs', 20)
        got[#got + 1] = value.job
        if #got == 3 then mtev.notify('shared_spec.all') end
      end)
    end
    for i = 1, 3 do mtev.shared_notify('shared_spec.jobs', { job = i }) end
    if #got < 3 then assert.is_string((mtev.waitfor('shared_spec.all', 20))) end
    table.sort(got)
    assert.same({ 1, 2, 3 }, got)
  end)

  it('keep what nobody waits for, in order', function()
    for i = 1, 3 do mtev.shared_notify('shared_spec.kept', i) end
    local got = {}
    for i = 1, 3 do got[i] = mtev.shared_waitfor('shared_spec.kept', 0) end
    assert.same({ 1, 2, 3 }, got)
    assert.equal(0, select('#', mtev.shared_waitfor('shared_spec.kept', 0)))
  end)
end)

describe('shared values', function()
  it('are forgotten when nil is stored', function()
    mtev.shared_set('shared_spec.value', 'x')
    assert.equal('x', mtev.shared_get('shared_spec.value'))
    mtev.shared_set('shared_spec.value', nil)
    assert.is_nil(mtev.shared_get('shared_spec.value'))
  end)

  it('can say how they are copied', function()
    mtev.shared_set('shared_spec.object', { secret = 1, serialize = function() return { public = 2 } end })
    assert.same({ public = 2 }, mtev.shared_get('shared_spec.object'))
  end)

  it('cannot contain themselves', function()
    local loop = {}
    loop.loop = loop
    assert.error_matches(function() mtev.shared_set('shared_spec.loop', loop) end, 'contains itself')
  end)
end)
