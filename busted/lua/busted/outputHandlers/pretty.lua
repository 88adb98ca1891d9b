-- For people at a terminal: a line for each file, then each problem with what
-- differs, the source around it and the whole traceback, then the slowest
-- tests and the counts. Quiet about what passes, and stable when standard
-- output is no terminal.

local busted = require 'busted'
local details = require 'busted.details'
local diff = require 'busted.diff'

local SLOW = 0.1   -- seconds from which a test is named as slow
local SHOWN = 3    -- how many of them

return function(options)
  local handler = require 'busted.outputHandlers.base'()
  local style = require('busted.outputHandlers.styles').choose('pretty', options)
  local problems, slow = {}, {}
  local file_tests, file_problems

  local function write(...) io.stdout:write(...) end

  local function duration(seconds)
    if seconds < 1 then return ('%.0f ms'):format(seconds * 1000) end
    return ('%.2f s'):format(seconds)
  end

  local function counted(n, one, many) return ('%d %s'):format(n, n == 1 and one or many) end

  --- The lines around the place of a problem.
  local function code_frame(trace)
    local path = trace and trace.source and trace.source:match('^@(.*)$')
    local file = path and io.open(path)
    if not file then return {} end
    local lines, number = {}, 0
    for line in file:lines() do
      number = number + 1
      if math.abs(number - trace.currentline) <= 1 then
        local here = number == trace.currentline
        local text = ('%s %4d | %s'):format(here and '>' or ' ', number, line)
        lines[#lines + 1] = here and style.bright(text) or style.dim(text)
      end
    end
    file:close()
    return lines
  end

  local function paint_diff(lines)
    for i, line in ipairs(lines) do
      local sign = line:sub(1, 1)
      if sign == '-' then lines[i] = style.green(line) elseif sign == '+' then lines[i] = style.red(line) end
    end
    return lines
  end

  --- Takes a problem down as it is now: the tables in it may change later.
  local function note(kind, record)
    local known = record.trace and details[record.trace] or {}
    local lines = {}
    if known.compared then
      lines[1] = (tostring(record.message):match('^(.-)\nPassed in:') or tostring(record.message))
      lines[2] = ('%s, %s'):format(style.green('- expected'), style.red('+ passed in'))
      for _, line in ipairs(paint_diff(known.difference or diff(known.expected, known.actual))) do lines[#lines + 1] = line end
    else
      lines[1] = tostring(record.message)
    end
    local frame = code_frame(record.trace)
    if #frame > 0 then
      lines[#lines + 1] = ''
      for _, line in ipairs(frame) do lines[#lines + 1] = line end
    end
    if known.full and known.full ~= '' then
      lines[#lines + 1] = ''
      lines[#lines + 1] = style.dim(known.full)
    end
    file_problems = (file_problems or 0) + 1
    problems[#problems + 1] = { kind = kind, record = record, lines = lines }
  end

  function handler.suiteReset()
    problems, slow = {}, {}
    return nil, true
  end

  function handler.suiteStart(_, run, runs, seed)
    if runs > 1 then write(('\nRun %d of %d\n'):format(run, runs)) end
    if seed then write(('Seed: %d\n'):format(seed)) end
    return nil, true
  end

  function handler.fileStart()
    file_tests, file_problems = 0, 0
    return nil, true
  end

  function handler.fileEnd(file)
    local sign = file_problems > 0 and style.red('FAIL') or style.green('ok  ')
    write(('%s %s %s\n'):format(sign, file.name,
      style.dim(('(%s, %s)'):format(counted(file_tests, 'test', 'tests'), duration(file.duration or 0)))))
    io.stdout:flush()
    return nil, true
  end

  function handler.testEnd(element)
    file_tests = (file_tests or 0) + 1
    if (element.duration or 0) >= SLOW then
      slow[#slow + 1] = { name = handler.getFullName(element), duration = element.duration }
    end
    return nil, true
  end

  function handler.failure()
    note('FAIL', handler.failures[#handler.failures])
    return nil, true
  end

  function handler.error()
    note('ERROR', handler.errors[#handler.errors])
    return nil, true
  end

  local function show_problem(index, problem)
    local record = problem.record
    local trace = record.element.trace
    local place = trace and trace.short_src and (' %s:%d'):format(trace.short_src, trace.currentline) or ''
    write(('\n%d) %s %s%s\n'):format(index, style.red(problem.kind), style.bright(record.name), style.cyan(place)))
    if record.randomseed then write(('   Random seed: %d\n'):format(record.randomseed)) end
    for _, line in ipairs(problem.lines) do write((('   ' .. line):gsub('\n', '\n   '):gsub('[ \t]+\n', '\n'):gsub('[ \t]+$', '')), '\n') end
  end

  function handler.suiteEnd()
    for i, problem in ipairs(problems) do show_problem(i, problem) end
    if #slow > 0 then
      table.sort(slow, function(a, b) return a.duration > b.duration end)
      write('\nSlowest:\n')
      for i = 1, math.min(SHOWN, #slow) do write(('   %s  %s\n'):format(duration(slow[i].duration), slow[i].name)) end
    end
    local parts = { style.green(('%d passed'):format(handler.successesCount)) }
    local function add(n, color, text) if n > 0 then parts[#parts + 1] = style[color](text) end end
    add(handler.failuresCount, 'red', ('%d failed'):format(handler.failuresCount))
    add(handler.errorsCount, 'magenta', counted(handler.errorsCount, 'error', 'errors'))
    add(handler.pendingsCount, 'yellow', ('%d pending'):format(handler.pendingsCount))
    write(('\n%s (%s)\n'):format(table.concat(parts, ', '), duration(handler.getDuration())))
    io.stdout:flush()
    return nil, true
  end

  busted.subscribe({ 'suite', 'reset' }, handler.suiteReset)
  busted.subscribe({ 'suite', 'start' }, handler.suiteStart)
  busted.subscribe({ 'suite', 'end' }, handler.suiteEnd)
  busted.subscribe({ 'file', 'start' }, handler.fileStart)
  busted.subscribe({ 'file', 'end' }, handler.fileEnd)
  busted.subscribe({ 'test', 'end' }, handler.testEnd, { predicate = handler.cancelOnPending })
  busted.subscribe({ 'failure', 'it' }, handler.failure)
  busted.subscribe({ 'error' }, handler.error)

  return handler
end
