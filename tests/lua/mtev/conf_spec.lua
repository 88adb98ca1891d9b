-- The configuration of the process.
describe('the configuration', function()
  it('is read and changed by path', function()
    assert.is_true(mtev.conf_get_string('/cli/conf_spec', 'value'))
    assert.equal('value', mtev.conf('/cli/conf_spec'))
    assert.is_true(mtev.conf_replace_boolean('/cli/conf_spec', true))
    assert.is_true(mtev.conf_get_boolean('/cli/conf_spec'))
  end)

  it('has nothing where nothing is', function()
    assert.is_nil(mtev.conf('/cli/conf_spec_none'))
  end)
end)
