-- mtev.parsexml and its nodes.
describe('XML', function()
  local document
  setup(function() document = mtev.parsexml('<app name="a"><item>1</item><item id="2">two</item></app>') end)

  it('has nodes with names, attributes and contents', function()
    local root = document:root()
    assert.same({ 'app', 'a' }, { root:name(), root:attr('name') })
    local contents = {}
    for node in root:children('item') do contents[#contents + 1] = node:contents() end
    assert.same({ '1', 'two' }, contents)
  end)

  it('is searched with XPath', function()
    for node in document:xpath('//item[@id="2"]') do assert.equal('two', node:contents()) end
  end)

  it('is nil when it is not well-formed', function()
    assert.is_nil((mtev.parsexml('<a><b></a>')))
  end)

  it('can be changed', function()
    local copy = mtev.parsexml('<a/>')
    copy:root():addchild('b'):contents('text')
    assert.matches('<b>text</b>', copy:tostring(), nil, true)
  end)
end)
