-- Decompression, piece by piece.
describe('gunzip', function()
  -- `printf 'hello, hello, hello\n'`, as zlib compresses it.
  local COMPRESSED = mtev.base64_decode('eJzLSM3JyddRyECiuABLBwbf')

  it('gives back what went in', function()
    assert.equal('hello, hello, hello\n', mtev.gunzip()(COMPRESSED))
  end)

  it('takes any pieces', function()
    local inflate, pieces = mtev.gunzip(), {}
    for i = 1, #COMPRESSED do pieces[i] = inflate(COMPRESSED:sub(i, i)) end
    assert.equal('hello, hello, hello\n', table.concat(pieces))
  end)

  it('stops at a limit', function()
    assert.error_matches(function() mtev.gunzip()(COMPRESSED, 5) end, 'exceeded maximum read size')
  end)

  it('refuses what is damaged', function()
    assert.error_matches(function() mtev.gunzip()('no compressed data') end, 'zlib: data error')
  end)
end)
