-- The format of Google Test. Format: busted.md §6.4.

local busted = require 'busted'

return function(options)
  local handler = require 'busted.outputHandlers.base'()
  local style = require('busted.outputHandlers.styles').choose('gtest', options)

  local files, tests, errored = 0, 0, 0
  local tests_in_file = 0
  local skipped_records, failed_records, error_records = {}, {}, {}

  local green = {}
  for key, text in pairs {
    double = '[==========]', single = '[----------]', run = '[ RUN      ]', ok = '[       OK ]', passed = '[  PASSED  ]',
  } do
    green[key] = style.green(text)
  end
  local skipped, failed, erred = style.yellow('[ SKIPPED  ]'), style.red('[  FAILED  ]'), style.magenta('[  ERROR   ]')

  local function write(...) io.stdout:write(...) end

  local function count(n, word) return ('%d %s%s'):format(n, word, n == 1 and '' or 's') end

  local function milliseconds(element)
    return style.bright(('%.2f'):format((element.duration or 0) * 1000))
  end

  --- `file:line: full name` of an element that has a place.
  local function describe(trace, name)
    if not (trace and trace.short_src) then return style.bright(name) end
    return ('%s:%s: %s'):format(style.cyan(trace.short_src), style.cyan(trace.currentline), style.bright(name))
  end

  local function problem_text(record)
    local parts = {}
    if record.randomseed then parts[1] = ('Random seed: %d\n'):format(record.randomseed) end
    parts[#parts + 1] = tostring(record.message) .. '\n'
    if options.verbose and record.trace and record.trace.traceback then
      parts[#parts + 1] = record.trace.traceback .. '\n'
    end
    return table.concat(parts)
  end

  local function show_now(record)
    if record and not options.deferPrint then write(problem_text(record)) end
  end

  function handler.suiteReset()
    files, tests, errored = 0, 0, 0
    skipped_records, failed_records, error_records = {}, {}, {}
    return nil, true
  end

  function handler.suiteStart(_, run, runs, seed)
    if runs > 1 then write(('\nRepeating all tests (run %d of %d) . . .\n\n'):format(run, runs)) end
    if seed then
      write(style.yellow(('Note: Randomizing test order with a seed of %s.'):format(('%d'):format(seed))), '\n')
    end
    write(green.double, ' Running tests from scanned files.\n')
    write(green.single, ' Global test environment setup.\n')
    io.stdout:flush()
    return nil, true
  end

  function handler.fileStart(file)
    tests_in_file = 0
    write(green.single, ' Running tests from ', style.cyan(file.name), '\n')
    io.stdout:flush()
    return nil, true
  end

  function handler.fileEnd(file)
    files = files + 1
    write(('%s %s from %s (%s ms total)\n\n'):format(green.single, count(tests_in_file, 'test'),
      style.cyan(file.name), milliseconds(file)))
    io.stdout:flush()
    return nil, true
  end

  function handler.testStart(element)
    write(green.run, ' ', describe(element.trace, handler.getFullName(element)), '\n')
    io.stdout:flush()
    return nil, true
  end

  function handler.testEnd(element, _, status)
    tests, tests_in_file = tests + 1, tests_in_file + 1
    local label = green.ok
    if status == 'pending' then
      label = skipped
      skipped_records[#skipped_records + 1] = handler.pendings[#handler.pendings]
    elseif status == 'failure' then
      label = failed
    elseif status == 'error' then
      label = erred
      errored = errored + 1
    end
    write(('%s %s (%s ms)\n'):format(label, describe(element.trace, handler.getFullName(element)), milliseconds(element)))
    io.stdout:flush()
    return nil, true
  end

  function handler.testFailure()
    local record = handler.failures[#handler.failures]
    failed_records[#failed_records + 1] = record
    show_now(record)
    return nil, true
  end

  function handler.error(element)
    local record = handler.errors[#handler.errors]
    if element.descriptor ~= 'it' then errored = errored + 1 end
    error_records[#error_records + 1] = record
    show_now(record)
    io.stdout:flush()
    return nil, true
  end

  local function list(label, records, total, noun)
    if #records == 0 then return end
    write(('%s %s, listed below:\n'):format(label, count(total, noun)))
    for _, record in ipairs(records) do
      write(label, ' ', describe(record.element.trace, record.name), '\n')
      if options.deferPrint and record.message then write(problem_text(record)) end
    end
  end

  local function footer(n, color, word, plural)
    if n > 0 then write(' ', color(('%d %s'):format(n, n == 1 and word or plural)), '\n') end
  end

  function handler.suiteEnd(suite)
    local skips, fails = #skipped_records, handler.failuresCount
    write(green.single, ' Global test environment teardown.\n')
    write(('%s %s from %s ran. (%s ms total)\n'):format(green.double, count(tests, 'test'),
      count(files, 'test file'), milliseconds(suite)))
    write(('%s %s.\n'):format(green.passed, count(handler.successesCount, 'test')))
    list(skipped, skipped_records, skips, 'test')
    list(failed, failed_records, fails, 'test')
    list(erred, error_records, errored, 'error')
    if skips + fails + errored > 0 then
      write('\n')
      footer(skips, style.yellow, 'SKIPPED TEST', 'SKIPPED TESTS')
      footer(fails, style.red, 'FAILED TEST', 'FAILED TESTS')
      footer(errored, style.magenta, 'ERROR', 'ERRORS')
    end
    io.stdout:flush()
    return nil, true
  end

  busted.subscribe({ 'suite', 'reset' }, handler.suiteReset)
  busted.subscribe({ 'suite', 'start' }, handler.suiteStart)
  busted.subscribe({ 'suite', 'end' }, handler.suiteEnd)
  busted.subscribe({ 'file', 'start' }, handler.fileStart)
  busted.subscribe({ 'file', 'end' }, handler.fileEnd)
  busted.subscribe({ 'test', 'start' }, handler.testStart, { predicate = handler.cancelOnPending })
  busted.subscribe({ 'test', 'end' }, handler.testEnd, { predicate = handler.cancelOnPending })
  busted.subscribe({ 'failure', 'it' }, handler.testFailure)
  busted.subscribe({ 'error' }, handler.error)

  return handler
end
