-- Semaphores and values that states share.
describe('semaphores', function()
  it('let so many in and no more', function()
    local semaphore = mtev.semaphore('semaphore_spec.two', 2)
    local inside, most, left = 0, 0, 5
    for _ = 1, 5 do
      mtev.coroutine_spawn(function()
        semaphore:acquire()
        inside = inside + 1
        most = math.max(most, inside)
        mtev.sleep(0)
        inside = inside - 1
        semaphore:release()
        left = left - 1
        if left == 0 then mtev.notify('semaphore_spec.all') end
      end)
    end
    mtev.waitfor('semaphore_spec.all', 10)
    assert.equal(2, most)
  end)

  it('can be asked without waiting', function()
    local semaphore = mtev.semaphore('semaphore_spec.one', 1)
    assert.is_true(semaphore:try_acquire())
    assert.is_false(semaphore:try_acquire())
    semaphore:release()
    assert.is_true(semaphore:try_acquire())
  end)
end)

describe('shared values', function()
  it('come back as copies', function()
    local value = { list = { 1, 2 }, text = 'x' }
    mtev.shared_set('semaphore_spec.value', value)
    local copy = mtev.shared_get('semaphore_spec.value')
    assert.same(value, copy)
    assert.are_not.equal(value, copy)
  end)

  it('count up', function()
    local first = mtev.shared_seq('semaphore_spec.sequence')
    assert.equal(first + 1, mtev.shared_seq('semaphore_spec.sequence'))
  end)
end)
