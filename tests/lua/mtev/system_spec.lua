-- What the process and the machine are.
describe('the process', function()
  it('has numbers', function()
    local _, out = mtev.sh('echo $PPID; id -u; id -g')
    assert.equal(('%d\n%d\n%d\n'):format(mtev.getpid(), mtev.getuid(), mtev.getgid()), out)
    assert.same({ mtev.getuid(), mtev.getgid() }, { mtev.geteuid(), mtev.getegid() })
  end)

  it('knows the machine', function()
    local _, out = mtev.sh('uname -s')
    assert.equal(out, mtev.uname().sysname .. '\n')
  end)

  it('has a working folder', function()
    local _, out = mtev.sh('pwd -P')
    assert.equal(out, mtev.realpath(mtev.getcwd()) .. '\n')
  end)
end)

describe('wait statuses', function()
  it.each {
    { 0, true, 0, false }, { 256, true, 1, false }, { 9, false, nil, true },
  }('%d', function(status, exited, code, signaled)
    assert.equal(exited, mtev.WIFEXITED(status))
    if exited then assert.equal(code, mtev.WEXITSTATUS(status)) end
    assert.equal(signaled, mtev.WIFSIGNALED(status))
  end)
end)
