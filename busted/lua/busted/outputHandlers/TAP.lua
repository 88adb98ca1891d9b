-- The Test Anything Protocol. Format: busted.md §6.3.

local busted = require 'busted'

return function(options)
  local handler = require 'busted.outputHandlers.base'()
  local counter = 0

  local function comment(text)
    return '# ' .. text:gsub('\n', '\n# ') .. '\n'
  end

  local function write(...) io.stdout:write(...) end

  local function show_problem(record)
    local trace = record.element.trace
    write(('not ok %d - %s\n'):format(counter, record.name))
    if trace and trace.short_src then write(('# %s @ %d\n'):format(trace.short_src, trace.currentline)) end
    if record.randomseed then write(('# Random seed: %d\n'):format(record.randomseed)) end
    write((comment('Failure message: ' .. tostring(record.message))))
    if options.verbose and record.trace and record.trace.traceback then
      write((comment((record.trace.traceback:gsub('^\n', '')))))
    end
  end

  function handler.suiteReset()
    counter = 0
    return nil, true
  end

  function handler.suiteEnd()
    write(('1..%d\n'):format(counter))
    io.stdout:flush()
    return nil, true
  end

  function handler.testStart(element)
    local trace = element.trace
    if options.verbose and trace and trace.short_src then
      write(('# %s @ %d: %s\n'):format(trace.short_src, trace.currentline, handler.getFullName(element)))
    end
    return nil, true
  end

  function handler.testEnd(_, _, status)
    counter = counter + 1
    if status == 'success' then
      write(('ok %d - %s\n'):format(counter, handler.successes[#handler.successes].name))
    elseif status == 'pending' then
      local record = handler.pendings[#handler.pendings]
      local text = (record.message or record.name):gsub('\n', '\n# ')
      write(('ok %d - # SKIP %s\n'):format(counter, text))
    elseif status == 'failure' then
      show_problem(handler.failures[#handler.failures])
    else
      show_problem(handler.errors[#handler.errors])
    end
    io.stdout:flush()
    return nil, true
  end

  function handler.error(element)
    if element.descriptor ~= 'it' then
      counter = counter + 1
      show_problem(handler.errors[#handler.errors])
      io.stdout:flush()
    end
    return nil, true
  end

  busted.subscribe({ 'suite', 'reset' }, handler.suiteReset)
  busted.subscribe({ 'suite', 'end' }, handler.suiteEnd)
  busted.subscribe({ 'test', 'start' }, handler.testStart, { predicate = handler.cancelOnPending })
  busted.subscribe({ 'test', 'end' }, handler.testEnd, { predicate = handler.cancelOnPending })
  busted.subscribe({ 'error' }, handler.error)

  return handler
end
