-- mtev.exec and mtev.sh: programs that run to their end.
describe('programs', function()
  it('get their arguments and environment, and nothing else', function()
    local status, out = mtev.exec('/bin/sh', { 'sh', '-c', 'echo "$0 $1 $A $HOME"', 'name', 'one two' }, { 'A=1' })
    assert.equal(0, status)
    assert.equal('name one two 1 \n', out)
  end)

  it('have a shell if they want', function()
    local status, out, err = mtev.sh('echo out | tr a-z A-Z; echo err >&2; exit 7')
    assert.same({ 7, 'OUT\n', 'err\n' }, { mtev.WEXITSTATUS(status), out, err })
  end)

  it('that are not there have the status 127', function()
    assert.equal(127, mtev.WEXITSTATUS((mtev.exec('/no/such/program'))))
  end)

  it('that are over their time are ended', function()
    assert.is_nil((mtev.exec('/bin/sleep', { 'sleep', '1000' }, {}, 0.05)))
  end)

  it('do not keep others from running', function()
    local order = {}
    mtev.coroutine_spawn(function()
      order[#order + 1] = 'meanwhile'
      mtev.notify('exec_spec.other')
    end)
    mtev.sh('true')
    order[#order + 1] = 'after'
    assert.same({ 'meanwhile', 'after' }, order)
  end)
end)
