-- mtev.parsejson and mtev.tojson.
describe('JSON', function()
  it('comes back as it went', function()
    local value = { name = 'x', list = { 1, 2.5, 'three' }, nested = { yes = true, no = false } }
    assert.same(value, mtev.parsejson(mtev.tojson(value):tostring()):document())
  end)

  it.each {
    { '', 'empty' }, { '{', 'an open object' }, { 'nul', 'half a word' },
  }('%q is no document: %s', function(text)
    local document, problem = mtev.parsejson(text)
    assert.is_nil(document)
    assert.is_string(problem)
  end)

  it('keeps strings of any characters', function()
    local text = 'quote " backslash \\ newline \n ä €'
    assert.equal(text, mtev.parsejson(mtev.tojson({ text }):tostring()):document()[1])
  end)

  it('refuses tables that contain themselves', function()
    local loop = {}
    loop.loop = loop
    assert.has_error(function() mtev.tojson(loop) end)
  end)
end)
