-- Log streams. What they write is checked in programs of their own.
describe('log streams', function()
  --- Runs a function's body as a program; returns its two outputs.
  local function run(body)
    local path = os.tmpname()
    os.rename(path, path .. '.lua')
    path = path .. '.lua'
    finally(function() os.remove(path) end)
    local file = assert(io.open(path, 'w'))
    file:write('module(..., package.seeall)\nfunction main()\n', body, '\nos.exit(0)\nend\n')
    file:close()
    local status, out, err = mtev.sh('bin/luamtev ' .. path, 60)
    assert.equal(0, status, err)
    return out, err
  end

  it('are switched on and off', function()
    mtev.enable_log('log_spec', false)
    assert.is_false(mtev.log_enabled('log_spec'))
    mtev.enable_log('error')
    assert.is_true(mtev.log_enabled('error'))
  end)

  it('check their arguments even while they are off', function()
    mtev.enable_log('log_spec', false)
    assert.has_no_error(function() mtev.log('log_spec', '%d\n', 1) end)
    assert.has_error(function() mtev.log('log_spec', '%d\n', 'x') end)
  end)

  it('go where they lead, and print goes where it is told to', function()
    local out, err = run [[
      mtev.log('stderr', 'to %s\n', 'standard error')
      print('to standard output', 1)
      mtev.printto('stderr')
      print('elsewhere')
    ]]
    assert.equal('to standard output\t1\n', out)
    assert.equal('to standard error\nelsewhere\n', err)
  end)
end)
