-- The XML of JUnit. Format: busted.md §6.5.

local busted = require 'busted'
local xml = require 'busted.outputHandlers.xml'

return function(options)
  local handler = require 'busted.outputHandlers.base'()
  local target = options.arguments and options.arguments[1]
  local per_suite = target == 'true' -- a file next to the first test file
  local top, suite, case, first_file
  local total

  local function start_report()
    total = { tests = 0, errors = 0, failures = 0, skip = 0, time = 0 }
    top = xml.element('testsuites')
    suite, case, first_file = nil, nil, nil
  end
  start_report()

  local function seconds(duration) return ('%.2f'):format(duration or 0) end

  local function write_report(path)
    top.attributes = {
      tests = total.tests, errors = total.errors, failures = total.failures, skip = total.skip,
      time = seconds(total.time),
    }
    local text = xml.text(top)
    if not path then
      io.stdout:write(text, '\n')
      io.stdout:flush()
      return
    end
    local file, problem = io.open(path, 'w')
    if not file then
      io.stderr:write(('junit output handler: cannot write the report: %s\n'):format(problem))
      return
    end
    file:write(text, '\n')
    file:close()
  end

  --- `folder.file_lua:12`: dots in the file's name would look like packages.
  local function class_name(trace)
    if not (trace and trace.short_src) then return '' end
    local folder, file = trace.short_src:match('^(.-)/?([^/]*)$')
    if folder == '' then file = trace.source:match('[^/]*$') end
    local name = file:gsub('%.', '_')
    if folder ~= '' then name = folder .. '.' .. name end
    return ('%s:%d'):format(name, trace.currentline)
  end

  local function problem_element(tag, record_message, trace, randomseed)
    local element = xml.element(tag)
    local text = ''
    if randomseed then text = ('Random seed: %d\n'):format(randomseed) end
    if record_message then text = text .. tostring(record_message) end
    if trace and trace.traceback then text = text .. trace.traceback end
    if text ~= '' then xml.append(element, text) end
    return element
  end

  function handler.suiteStart(_, run, runs)
    suite = xml.element('testsuite', {
      name = ('Run %d of %d'):format(run, runs),
      tests = 0, errors = 0, failures = 0, skip = 0,
      timestamp = os.date('!%Y-%m-%dT%H:%M:%S'),
    })
    xml.append(top, suite)
    return nil, true
  end

  function handler.suiteEnd(element)
    local attributes = suite.attributes
    attributes.time = seconds(element.duration)
    total.time = total.time + (element.duration or 0)
    for _, key in ipairs { 'tests', 'errors', 'failures', 'skip' } do total[key] = total[key] + attributes[key] end
    suite = nil
    if per_suite then
      write_report(first_file and first_file:gsub('%.%w+$', '') .. '.xml' or 'no_match_cases.xml')
      start_report()
    end
    return nil, true
  end

  function handler.fileStart(file)
    first_file = first_file or file.name
    return nil, true
  end

  function handler.exit()
    if not per_suite then write_report(target) end
    return nil, true
  end

  local function count(key)
    local counts = suite and suite.attributes or total
    counts[key] = counts[key] + 1
  end

  function handler.testStart(element)
    case = xml.element('testcase', {
      classname = class_name(element.trace),
      name = handler.getFullName(element),
    })
    xml.append(suite, case)
    return nil, true
  end

  function handler.testEnd(element, parent, status)
    suite.attributes.tests = suite.attributes.tests + 1
    case.attributes.time = seconds(element.duration)
    if status == 'pending' then
      suite.attributes.skip = suite.attributes.skip + 1
      local record = handler.pendings[#handler.pendings]
      local given = record and record.message ~= nil and record.trace ~= element.trace
      xml.append(case, problem_element('skipped', record and record.message, given and record.trace or nil,
        parent and parent.randomseed))
    end
    case = nil
    return nil, true
  end

  --- A test that pends itself is in the report even when that is suppressed.
  function handler.suppressedEnd(element, _, status)
    if case and status == 'pending' and element.descriptor ~= 'pending' then
      suite.attributes.tests = suite.attributes.tests + 1
      case.attributes.time = seconds(element.duration)
      case = nil
    end
    return nil, true
  end

  function handler.failure(element, parent, message, trace)
    count('failures')
    xml.append(case or suite or top, problem_element('failure', message, trace, parent and parent.randomseed))
    return nil, true
  end

  function handler.error(element, parent, message, trace)
    count('errors')
    local place = element.descriptor == 'it' and case or suite or top
    xml.append(place, problem_element('error', message, trace, parent and parent.randomseed))
    return nil, true
  end

  busted.subscribe({ 'exit' }, handler.exit)
  busted.subscribe({ 'suite', 'start' }, handler.suiteStart)
  busted.subscribe({ 'suite', 'end' }, handler.suiteEnd)
  busted.subscribe({ 'file', 'start' }, handler.fileStart)
  busted.subscribe({ 'test', 'start' }, handler.testStart, { predicate = handler.cancelOnPending })
  busted.subscribe({ 'test', 'end' }, handler.testEnd, { predicate = handler.cancelOnPending })
  busted.subscribe({ 'test', 'end' }, handler.suppressedEnd)
  busted.subscribe({ 'failure', 'it' }, handler.failure)
  busted.subscribe({ 'error' }, handler.error)

  return handler
end
