-- Reloading, which this process must not do: it would lose its tests.
describe('a state that nobody replaced', function()
  it('is not defunct, and keeps quiet', function()
    local called = false
    assert.is_false(mtev.runtime_defunct(function() called = true end))
    assert.is_false(called)
  end)

  it('takes functions alone', function()
    assert.error_matches(function() mtev.runtime_defunct('x') end, 'not a function')
  end)
end)
