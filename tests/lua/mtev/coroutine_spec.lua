-- Coroutines, waits and notifications, as a user's suite would test them.
describe('coroutines', function()
  it('run at once up to their first wait', function()
    local order = {}
    mtev.coroutine_spawn(function()
      order[#order + 1] = 'spawned'
      mtev.sleep(0)
      order[#order + 1] = 'after the wait'
      mtev.notify('coroutine_spec.done')
    end)
    order[#order + 1] = 'spawner'
    mtev.waitfor('coroutine_spec.done', 10)
    assert.same({ 'spawned', 'spawner', 'after the wait' }, order)
  end)

  it('queue messages that come before anybody waits', function()
    mtev.notify('coroutine_spec.queue', 1)
    mtev.notify('coroutine_spec.queue', 2)
    assert.same({ 'coroutine_spec.queue', 1 }, { mtev.waitfor('coroutine_spec.queue', 10) })
    assert.same({ 'coroutine_spec.queue', 2 }, { mtev.waitfor('coroutine_spec.queue', 10) })
  end)

  it('give up waiting when the time is over', function()
    assert.is_nil(mtev.waitfor('coroutine_spec.never', 0.001))
  end)

  it('wait across pcall, iterators and metamethods', function()
    local value = setmetatable({}, { __index = function(_, key) mtev.sleep(0) return key .. '!' end })
    local function each()
      return function(_, i) mtev.sleep(0) if i < 3 then return i + 1 end end, nil, 0
    end
    local sum = 0
    for i in each() do sum = sum + i end
    local ok, problem = pcall(function() mtev.sleep(0) error('late', 0) end)
    assert.same({ 6, 'a!', false, 'late' }, { sum, value.a, ok, problem })
  end)

  it('end at once when they are cancelled', function()
    local went_on = false
    local co
    mtev.coroutine_spawn(function()
      co = coroutine.running()
      mtev.sleep(1000)
      went_on = true
    end)
    mtev.cancel_coro(co)
    mtev.sleep(0)
    assert.is_false(went_on)
  end)
end)
