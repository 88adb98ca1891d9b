-- The layout that plainTerminal and utfTerminal share: a sign for each test,
-- then a summary and the problems. Format: busted.md §6.1, §6.2.

local busted = require 'busted'
local say = require 'say'

--- Creates the handler. `look` has the signs (`success`, `failure`, `error`,
--- `pending`), the `arrow`, and the colours (outputHandlers/styles.lua).
return function(options, look)
  local handler = require 'busted.outputHandlers.base'()
  local style = look.style

  local function write(...) io.stdout:write(...) end

  local function plural(kind, count)
    if count == 0 then return say('output.' .. kind .. '_zero') end
    return say('output.' .. kind .. (count == 1 and '_single' or '_plural'))
  end

  --- Seconds with up to six decimals, at least one.
  local function seconds(duration)
    return (('%.6f'):format(duration):gsub('0+$', ''):gsub('%.$', '.0'))
  end

  local function block(kind, color, record, with_message)
    local trace = kind == 'pending' and record.trace or record.element.trace
    if not (trace and trace.short_src) then trace = record.trace end
    local lines = {}
    if trace and trace.short_src then
      lines[1] = ('%s %s %s @ %s'):format(style[color](say('output.' .. kind)), look.arrow,
        style.cyan(trace.short_src), style.cyan(trace.currentline))
      lines[2] = style.bright(record.name)
    else
      lines[1] = ('%s %s %s'):format(style[color](say('output.' .. kind)), look.arrow, style.cyan(record.message))
      lines[2] = record.name
      with_message = false
    end
    if with_message and record.randomseed then lines[#lines + 1] = 'Random seed: ' .. record.randomseed end
    if (with_message or kind == 'pending') and trace and trace.short_src and record.message then
      lines[#lines + 1] = record.message
    end
    if with_message and options.verbose and record.trace and record.trace.traceback then
      lines[#lines + 1] = record.trace.traceback
    end
    write('\n', table.concat(lines, '\n'), '\n')
  end

  local function summary()
    local successes, failures = handler.successesCount, handler.failuresCount
    local errors, pendings = handler.errorsCount, handler.pendingsCount
    write(('%s %s / %s %s / %s %s / %s %s : %s %s\n'):format(
      style.green(successes), plural('success', successes),
      style.red(failures), plural('failure', failures),
      style.magenta(errors), plural('error', errors),
      style.yellow(pendings), plural('pending', pendings),
      style.bright(seconds(handler.getDuration())), say('output.seconds')))
  end

  function handler.testEnd(_, _, status)
    if not options.deferPrint then
      write(look[status])
      io.stdout:flush()
    end
    return nil, true
  end

  function handler.suiteStart(_, run, runs)
    if runs > 1 then
      write(('\nRepeating all tests (run %d of %d) . . .\n\n'):format(run, runs))
      io.stdout:flush()
    end
    return nil, true
  end

  function handler.suiteEnd()
    write('\n')
    summary()
    for _, record in ipairs(handler.pendings) do block('pending', 'yellow', record, false) end
    for _, record in ipairs(handler.failures) do block('failure', 'red', record, true) end
    for _, record in ipairs(handler.errors) do block('error', 'magenta', record, true) end
    io.stdout:flush()
    return nil, true
  end

  function handler.error()
    write(look.error)
    io.stdout:flush()
    return nil, true
  end

  busted.subscribe({ 'test', 'end' }, handler.testEnd, { predicate = handler.cancelOnPending })
  busted.subscribe({ 'suite', 'start' }, handler.suiteStart)
  busted.subscribe({ 'suite', 'end' }, handler.suiteEnd)
  busted.subscribe({ 'error', 'file' }, handler.error)
  busted.subscribe({ 'failure', 'file' }, handler.error)
  busted.subscribe({ 'error', 'describe' }, handler.error)
  busted.subscribe({ 'failure', 'describe' }, handler.error)

  return handler
end
