-- mtev.pcre: matchers with a place in the text.
describe('expressions', function()
  it('give their groups', function()
    local match = mtev.pcre('(\\w+)=(\\d+)')
    local ok, all, name, value = match('port=80')
    assert.same({ true, 'port=80', 'port', '80' }, { ok, all, name, value })
  end)

  it('go on behind the last match', function()
    local match = mtev.pcre('\\d')
    local found = {}
    local ok, digit = match('a1b2')
    while ok do
      found[#found + 1] = digit
      ok, digit = match('a1b2')
    end
    assert.same({ '1', '2' }, found)
  end)

  it('that are malformed are nil and a reason', function()
    local match, problem = mtev.pcre('(')
    assert.is_nil(match)
    assert.matches('missing', problem)
  end)
end)
