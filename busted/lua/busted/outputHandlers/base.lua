-- What output handlers have in common: the lists and counts of results, names,
-- and the loading of languages. Not a handler itself. Specification:
-- busted.md §5.6.

local busted = require 'busted'

--- A copy of an element without what cannot be shown: functions, children.
local function describe_element(element, trace)
  local copy = { trace = element.trace or trace, attributes = element.attributes }
  for key, value in pairs(element) do
    local kind = type(value)
    if kind == 'string' or kind == 'number' or kind == 'boolean' then copy[key] = value end
  end
  return copy
end

return function()
  local handler = {
    successes = {}, successesCount = 0,
    failures = {}, failuresCount = 0,
    errors = {}, errorsCount = 0,
    pendings = {}, pendingsCount = 0,
    inProgress = {},
  }

  --- False for what is pending when that is not to be shown.
  function handler.cancelOnPending(element, _, status)
    local pending = element.descriptor == 'pending' or status == 'pending'
    return not (pending and handler.options.suppressPending)
  end

  --- Attaches the base functions before all others, and loads the language.
  function handler:subscribe(options)
    require 'busted.languages.en'
    if options.language and options.language ~= 'en' then require('busted.languages.' .. options.language) end
    self.options = options
    local first, unless_pending = { priority = 1 }, { priority = 1, predicate = handler.cancelOnPending }
    busted.subscribe({ 'suite', 'reset' }, self.baseSuiteReset, first)
    busted.subscribe({ 'suite', 'start' }, self.baseSuiteStart, first)
    busted.subscribe({ 'suite', 'end' }, self.baseSuiteEnd, first)
    busted.subscribe({ 'test', 'start' }, self.baseTestStart, unless_pending)
    busted.subscribe({ 'test', 'end' }, self.baseTestEnd, unless_pending)
    busted.subscribe({ 'pending' }, self.basePending, unless_pending)
    busted.subscribe({ 'failure', 'it' }, self.baseTestFailure, first)
    busted.subscribe({ 'error', 'it' }, self.baseTestError, first)
    busted.subscribe({ 'failure' }, self.baseError, first)
    busted.subscribe({ 'error' }, self.baseError, first)
  end

  --- The names of an element and the blocks around it.
  function handler.getFullName(element)
    local names = { element.name or element.descriptor }
    local parent = busted.parent(element)
    while parent and parent.descriptor ~= 'file' do
      table.insert(names, 1, parent.name or parent.descriptor)
      parent = busted.parent(parent)
      if parent and parent.descriptor == 'suite' then break end
    end
    return table.concat(names, ' ')
  end

  --- Seconds from the start of the suite to its end.
  function handler.getDuration()
    if not handler.endTick or not handler.startTick then return 0 end
    return handler.endTick - handler.startTick
  end

  --- A record of a result.
  function handler.format(element, parent, message, trace, is_error)
    local name = handler.getFullName(element)
    return {
      trace = trace or element.trace,
      element = describe_element(element, trace),
      name = name,
      message = message,
      randomseed = parent and parent.randomseed,
      isError = is_error,
    }
  end

  function handler.baseSuiteReset()
    handler.successes, handler.successesCount = {}, 0
    handler.failures, handler.failuresCount = {}, 0
    handler.errors, handler.errorsCount = {}, 0
    handler.pendings, handler.pendingsCount = {}, 0
    handler.inProgress = {}
    return nil, true
  end

  function handler.baseSuiteStart(suite)
    handler.startTick, handler.startTime = suite.starttick, suite.starttime
    return nil, true
  end

  function handler.baseSuiteEnd(suite)
    handler.endTick, handler.endTime = suite.endtick, suite.endtime
    return nil, true
  end

  function handler.baseTestStart(element)
    handler.inProgress[element] = {}
    return nil, true
  end

  function handler.baseTestEnd(element, parent, status)
    local list
    if status == 'success' then
      list = handler.successes
      handler.successesCount = handler.successesCount + 1
    elseif status == 'pending' then
      list = handler.pendings
      handler.pendingsCount = handler.pendingsCount + 1
    elseif status == 'failure' then
      -- The record was made when it failed.
      handler.failuresCount = handler.failuresCount + 1
    end
    if list then
      local progress = handler.inProgress[element] or {}
      list[#list + 1] = handler.format(element, parent, progress.message, progress.trace)
    end
    handler.inProgress[element] = nil
    return nil, true
  end

  function handler.basePending(element, _, message, trace)
    local progress = handler.inProgress[element]
    if progress then progress.message, progress.trace = message, trace end
    return nil, true
  end

  function handler.baseTestFailure(element, parent, message, trace)
    table.insert(handler.failures, handler.format(element, parent, message, trace))
    return nil, true
  end

  function handler.baseTestError(element, parent, message, trace)
    handler.errorsCount = handler.errorsCount + 1
    table.insert(handler.errors, handler.format(element, parent, message, trace, true))
    return nil, true
  end

  function handler.baseError(element, parent, message, trace)
    if element.descriptor ~= 'it' then
      handler.errorsCount = handler.errorsCount + 1
      table.insert(handler.errors, handler.format(element, parent, message, trace, true))
    end
    return nil, true
  end

  return handler
end
