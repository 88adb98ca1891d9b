-- The vocabulary: registers describe, it and the others with an instance of
-- the core, and becomes the public API that `require 'busted'` gives.
-- Specification: busted.md §3.1, §3.6, §4.2, §5.3.

local new_block = require 'busted.block'
local insulation = require 'busted.insulation'
local methods = require 'busted.methods'

local function install(busted)
  local block = new_block(busted)
  local context = busted.context
  busted.block = block

  --- Runs `execute` for an element; an insulated one leaves no traces.
  local function insulated(element, execute)
    local mode = element.attributes.envmode
    if mode == 'insulate' then
      element.saved = insulation.save()
      execute()
      insulation.restore(element.saved)
      element.saved = nil
      return
    end
    execute()
    if mode == 'expose' then
      local parent = context.parent(element)
      if parent and parent.saved then parent.saved = insulation.save() end
    end
  end

  local function file(element)
    if busted.safe_publish('file', { 'file', 'start' }, element) then
      insulated(element, function() block.execute('file', element) end)
    end
    busted.safe_publish('file', { 'file', 'end' }, element)
  end

  local function describe(element)
    local parent = context.parent(element)
    if busted.safe_publish('describe', { 'describe', 'start' }, element, parent) then
      insulated(element, function() block.execute('describe', element) end)
    end
    busted.safe_publish('describe', { 'describe', 'end' }, element, parent)
  end

  local finalizer

  --- Runs the body of a test once, and what it gave to `finally`.
  local function attempt(element)
    local status = busted.status('success')
    finalizer = nil
    status:update(busted.run_body('it', element.run, element))
    local fn = finalizer
    if fn then
      block.enter_finally(element)
      status:update(busted.run_body('finally', fn, element))
    end
    return status
  end

  --- Runs a test until it does not fail, or all attempts are used; only the
  --- problems of the last one are published. Returns its status, and the
  --- outermost block whose after_each is due.
  local function run_attempts(element, parent)
    local attempts, reached = busted.retry + 1, parent
    for i = 1, attempts do
      busted.held = i < attempts and {} or nil
      local status = attempt(element)
      local held = busted.held
      busted.held = nil
      local failed = status:failure() or status:error()
      if not failed and i > 1 then table.insert(busted.flaky, busted.full_name(element.name or 'it', parent)) end
      if not failed or i == attempts then
        for _, event in ipairs(held or {}) do busted.tell(unpack(event, 1, 5)) end
        return status, reached
      end
      block.after_each(reached)
      block.enter_test(element)
      local passed
      passed, reached = block.before_each(parent)
      if not passed then return busted.status('error'), reached end
    end
  end

  local function run_test(element, parent)
    local status, reached = busted.status('error'), parent
    if busted.safe_publish('test', { 'test', 'start' }, element, parent) then
      status, reached = run_attempts(element, parent)
    end
    if busted.capture then busted.capture.test_ended(tostring(status)) end
    busted.safe_publish('test', { 'test', 'end' }, element, parent, tostring(status))
    return reached
  end

  local function run_with_hooks(element, parent)
    local snapshot = busted.restore_mocks and busted.api.assert:snapshot()
    block.enter_test(element)
    local passed, reached = block.before_each(parent)
    if passed then reached = run_test(element, parent) end
    block.after_each(reached)
    if snapshot and not snapshot.reverted then snapshot:revert() end
  end

  local function it(element)
    local parent = context.parent(element)
    if not block.lazy_setup(parent) then return end
    if not busted.leaks then return run_with_hooks(element, parent) end
    busted.leaks.watch(busted.full_name(element.name or 'it', parent), function()
      run_with_hooks(element, parent)
    end)
  end

  local function pending(element)
    local parent = context.parent(element)
    local status = 'pending'
    if not busted.safe_publish('test', { 'test', 'start' }, element, parent) then status = 'error' end
    busted.safe_publish('test', { 'test', 'end' }, element, parent, status)
  end

  busted.register('file', file, { envmode = 'insulate' })
  busted.register('describe', describe)
  busted.register('insulate', 'describe', { envmode = 'insulate' })
  busted.register('expose', 'describe', { envmode = 'expose' })
  busted.register('it', it)
  busted.register('pending', pending, { default_fn = function() end })
  local hooks = { 'before_each', 'after_each', 'lazy_setup', 'lazy_teardown', 'strict_setup', 'strict_teardown' }
  for _, hook in ipairs(hooks) do busted.register(hook, { envmode = 'unwrap' }) end
  busted.register('setup', 'strict_setup')
  busted.register('teardown', 'strict_teardown')
  busted.register('context', 'describe')
  busted.register('spec', 'it')
  busted.register('test', 'it')
  busted.hide('file')
  methods.install(busted)

  for name in pairs(busted.executors) do
    if name ~= 'pending' and name ~= 'file' then block.reject(name) end
  end
  block.reject('randomize')
  block.give_to_tests('finally', function(fn) finalizer = fn end)
  block.give_to_tests('pending', busted.pending)

  local assert = require 'luassert'
  require('luassert.raise').with = busted.fail_with
  busted.export('assert', assert)
  busted.export('spy', require 'luassert.spy')
  busted.export('mock', require 'luassert.mock')
  busted.export('stub', require 'luassert.stub')
  busted.export('match', require 'luassert.match')

  for _, name in ipairs {
    'publish', 'subscribe', 'unsubscribe', 'bindfenv', 'fail', 'gettime', 'monotime', 'sleep', 'parent', 'children',
    'version',
  } do
    busted.exportApi(name, busted[name])
  end

  return busted
end

return setmetatable({}, {
  --- Installs the vocabulary; from then on the module is the API.
  __call = function(self, busted)
    install(busted)
    return setmetatable(self, {
      __index = function(_, key) return busted.api[key] end,
      __newindex = function() error('Attempt to modify busted', 2) end,
    })
  end,
})
