-- Child processes: their output, their ends, their signals.
describe('processes', function()
  it('give their output and status', function()
    local status, out, err = mtev.sh('echo out; echo err >&2; exit 3')
    assert.is_true(mtev.WIFEXITED(status))
    assert.same({ 3, 'out\n', 'err\n' }, { mtev.WEXITSTATUS(status), out, err })
  end)

  it('have pipes', function()
    local process, stdin, stdout, stderr = mtev.spawn('/bin/cat', { 'cat' }, {})
    stdin:write('through the pipe\n')
    assert.equal('through the pipe\n', stdout:read('\n'))
    stdin:close()
    assert.equal(0, mtev.WEXITSTATUS(process:wait(10)))
    stdout:close()
    stderr:close()
  end)

  it('end by signals', function()
    local process, stdin, stdout, stderr = mtev.spawn('/bin/sleep', { 'sleep', '1000' }, {})
    process:kill(9)
    local status = process:wait(10)
    assert.same({ true, 9 }, { mtev.WIFSIGNALED(status), mtev.WTERMSIG(status) })
    for _, pipe in ipairs { stdin, stdout, stderr } do pipe:close() end
  end)

  it('are supervised through what they write', function()
    local proc = mtev.Proc:new { path = '/bin/sh', argv = { 'sh', '-c', 'echo ready >&2; echo port 80 >&2' } }
    local watch = proc:logwatch('port (\\d+)')
    assert.is_true(proc:start():ready())
    assert.equal('port 80\n', watch:wait(10))
    assert.same({ true, 0 }, { proc:wait(10) })
  end)
end)
