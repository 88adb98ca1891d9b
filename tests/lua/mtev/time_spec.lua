-- Time: the clock, time values, time zones.
describe('time', function()
  it('passes while a coroutine sleeps', function()
    local before = mtev.timeval.now()
    local elapsed = mtev.sleep(0.01)
    assert.is_true(elapsed:seconds() >= 0.01)
    assert.is_true((mtev.timeval.now() - before):seconds() >= 0.01)
  end)

  it('adds up', function()
    local sum = mtev.timeval.new(1, 600000) + mtev.timeval.new(2, 500000)
    assert.same({ 4, 100000 }, { sum.sec, sum.usec })
  end)
end)
