-- Files and folders, with errno triples.
describe('files', function()
  local folder
  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
    assert.is_true((mtev.mkdir(folder, tonumber('700', 8))))
  end)
  after_each(function() mtev.sh('rm -r ' .. folder) end)

  it('are written, looked at and removed', function()
    local path = folder .. '/a'
    local fd = mtev.open(path, bit.bor(O_CREAT, O_WRONLY), tonumber('600', 8))
    assert.equal(5, (mtev.write(fd, 'hello')))
    mtev.close(fd)
    assert.equal(5, mtev.stat(path).size)
    assert.is_true((mtev.unlink(path)))
    assert.is_nil((mtev.stat(path)))
  end)

  it('that are missing say so', function()
    local ok, errno, text = mtev.open(folder .. '/none', O_RDONLY)
    assert.is_true(ok == nil or ok == -1)
    assert.same({ 2, 'No such file or directory' }, { errno, text })
  end)
end)
