-- How a block is executed: its body, then its hooks around its children.
-- Specification: busted.md §3.4 (order), §3.5 (errors), §1.7 (order of tests).

local utils = require 'busted.utils'

--- Creates the block functions of an instance.
return function(busted)
  local context = busted.context
  local block = {}

  -- Names that raise inside tests and hooks, and the environments with them.
  local rejected, rejected_with_pending = {}, {}
  local in_test = { __index = rejected }
  local in_hook = { __index = rejected_with_pending }

  local function rejection(name)
    return function()
      error(("'%s' not supported inside current context block"):format(name), 2)
    end
  end

  --- Makes a name raise inside tests and hooks.
  function block.reject(name)
    rejected[name] = rejection(name)
    rejected_with_pending[name] = rejected[name]
  end
  rejected_with_pending.pending = rejection('pending')

  --- Gives tests alone a name.
  function block.give_to_tests(name, value) rejected[name] = value end

  --- Gives a test the environment in which blocks cannot be made.
  function block.enter_test(element)
    element.env = setmetatable({}, in_test)
  end

  --- Makes `pending` raise too, for the function given to `finally`.
  function block.enter_finally(element)
    setmetatable(element.env, in_hook)
  end

  --- Runs the hooks of one kind of an element, all of them even when one
  --- fails. Returns whether none did.
  local function run_hooks(descriptor, element)
    local hooks = element[descriptor]
    if hooks == nil then return true end
    local passed = true
    for i = 1, #hooks do
      local hook = hooks[i]
      hook.env = setmetatable({}, in_hook)
      if not busted.run_body(descriptor, hook.run, hook):success() then passed = false end
    end
    return passed
  end
  block.run_hooks = run_hooks

  --- Runs the lazy setups of an element and of all around it that have not
  --- run yet. Returns whether none of them failed, then or earlier.
  function block.lazy_setup(element)
    local parent = context.parent(element)
    if parent and not block.lazy_setup(parent) then return false end
    if element.lazy_entered == nil then
      element.lazy_entered = true
      element.lazy_passed = run_hooks('lazy_setup', element)
    end
    return element.lazy_passed
  end

  --- Runs before_each from the suite inwards. Returns whether all passed, and
  --- the innermost block that was reached.
  function block.before_each(element)
    local parent = context.parent(element)
    if parent then
      local passed, reached = block.before_each(parent)
      if not passed then return false, reached end
    end
    return run_hooks('before_each', element), element
  end

  --- Runs after_each from a block outwards.
  function block.after_each(element)
    while element do
      run_hooks('after_each', element)
      element = context.parent(element)
    end
  end

  --- Runs what surrounds the children of an element, and the children.
  function block.execute_children(element, execute)
    if run_hooks('strict_setup', element) then (execute or busted.execute)(element) end
    if element.lazy_entered then
      element.lazy_entered, element.lazy_passed = nil, nil
      run_hooks('lazy_teardown', element)
    end
    run_hooks('strict_teardown', element)
  end

  --- Runs a file or a describe: its body, which registers the children, and
  --- then those.
  function block.execute(descriptor, element)
    context.detach_children(element)
    for _, kind in ipairs { 'lazy_setup', 'lazy_teardown', 'strict_setup', 'strict_teardown', 'before_each', 'after_each' } do
      element[kind] = nil
    end
    element.env = element.env or {}
    local shuffles, seed = busted.randomize, busted.randomseed
    element.randomseed = nil
    element.env.randomize = function(...)
      local on, new_seed = ...
      if select('#', ...) == 0 then on = true end
      if type(on) == 'number' then on, new_seed = true, on end
      shuffles, seed = on, new_seed or seed or utils.urandom() or os.time()
    end
    local status = busted.run_body(descriptor, element.run, element)
    if not status:success() then return end
    local children = context.children(element)
    if busted.sort then
      utils.sort_by_name(children)
    elseif shuffles then
      element.randomseed = seed
      utils.shuffle(children, seed)
    end
    block.execute_children(element)
  end

  return block
end
