-- Encoders and digests, on every byte.
describe('encoders', function()
  local bytes
  setup(function()
    local all = {}
    for i = 0, 255 do all[i + 1] = string.char(i) end
    bytes = table.concat(all)
  end)

  it.each { { 'base64' }, { 'base32' } }('%s gives every byte back', function(name)
    local encode, decode = mtev[name .. '_encode'], mtev[name .. '_decode']
    assert.equal(bytes, decode(encode(bytes)))
  end)

  it('digest as the standards say', function()
    assert.equal('900150983cd24fb0d6963f7d28e17f72', mtev.md5_hex('abc'))
    assert.equal('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', mtev.sha256_hex('abc'))
  end)

  it('make version 4 UUIDs, each another one', function()
    local a, b = mtev.uuid(), mtev.uuid()
    assert.matches('^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$', a:lower())
    assert.not_equal(a, b)
  end)
end)
