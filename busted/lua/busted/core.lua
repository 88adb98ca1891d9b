-- The core of the harness: it registers elements, runs them protected, and
-- publishes what happens. It knows nothing of `describe` or `it`; those are
-- registered by busted/init.lua. Specification: busted.md §5.1-§5.3.
--
-- The invariant: whatever runs is the current context, and whatever it does
-- (raise, wait, cancel itself) comes back here as a status.

local host = require 'busted.host'
local new_mediator = require 'mediator'
local new_context = require 'busted.context'
local new_environment = require 'busted.environment'
local new_status = require 'busted.status'
local details = require 'busted.details'
local traces = require 'busted.traces'
local note_place, note_call = host.note_place, host.note_call

local VERSION = '2.3.0'

local failure_mt = { __type = 'failure', __tostring = function(self) return self.message end }
local silent_failure_mt = { __type = 'failure' }
local pending_mt = { __type = 'pending', __tostring = function(self) return self.message end }

local function pack(...) return { n = select('#', ...), ... } end

local function has_text(value)
  if type(value) == 'string' then return true end
  local mt = debug.getmetatable(value)
  return type(mt) == 'table' and rawget(mt, '__tostring') ~= nil
end

--- What kind of problem an error value stands for.
local function kind_of(value)
  if type(value) == 'table' then
    local mt = debug.getmetatable(value)
    local kind = type(mt) == 'table' and rawget(mt, '__type')
    if kind == 'failure' or kind == 'pending' then return kind end
  end
  return 'error'
end

-- What becomes of a body that did not come back (busted/guard.ts).
local lost = {
  cancelled = 'the coroutine of the test was cancelled',
  yielded = 'attempt to yield from outside a coroutine',
}

--- The message of a comparison with what differs in place of both values.
local function difference_text(message, known)
  local head = tostring(message):match('^(.-)\nPassed in:') or tostring(message)
  local lines = require 'busted.diff'(known.expected, known.actual)
  return head .. '\n- expected, + passed in\n' .. table.concat(lines, '\n')
end

--- Creates an instance.
return function()
  local mediator = new_mediator()
  local context = new_context()
  local environment = new_environment(context)
  local root = context.get()
  local executors = {}
  local body_running -- the function of a block while it runs
  local is_registering = false
  local noted = {} -- the functions whose calls that one has noted
  local runners = {} -- what executes an element, by descriptor

  local busted = {
    version = VERSION,
    context = context,
    executors = executors,
    api = {},
    status = new_status,
    skipAll = false,
    sort = false,
    randomize = false,
    randomseed = nil,
    --- How many seconds a body may take; nil is for ever.
    timeout = nil,
    --- How often a test that fails is tried again.
    retry = 0,
    --- Whether messages of comparisons have what differs instead of both values.
    structural = false,
    --- What looks for things that tests leave behind (busted/leaks.lua), if anything.
    leaks = nil,
    --- What takes the output of tests (busted/capture.lua), if anything.
    capture = nil,
    --- Whether spies and stubs of a test are reverted after it.
    restore_mocks = false,
    --- The full names of tests that passed at a later attempt, in order.
    flaky = {},
    --- Problems of an attempt that are not published yet.
    held = nil,
    --- Whether traces of blocks may be worked out when they are looked at; not
    --- where somebody may walk over their fields.
    notes_places = false,
    --- Whether something that listens to an event has raised an error.
    broken = false,
  }

  function busted.subscribe(...) return mediator:subscribe(...) end
  function busted.unsubscribe(...) return mediator:removeSubscriber(...) end
  function busted.getSubscriber(...) return mediator:getSubscriber(...) end
  local function publish(channel, ...) return mediator:publish(channel, ...) end
  busted.publish = publish

  --- Says, the first time, that something that listens to an event failed.
  local function note_broken(channel, problem)
    if busted.broken then return end
    busted.broken = true
    io.stdout:flush()
    io.stderr:write(("busted: error: A handler of the event '%s' failed: %s\n")
      :format(table.concat(channel, ' '), traces.text(problem)))
  end

  --- Publishes; the run goes on whatever a handler raises.
  function busted.tell(channel, ...)
    local ok, problem = pcall(busted.publish, channel, ...)
    if not ok then note_broken(channel, problem) end
  end

  busted.parent = context.parent
  busted.children = context.children
  busted.gettime = host.gettime
  busted.monotime = host.monotime
  function busted.sleep(seconds) mtev.sleep(seconds) end

  --- The file that an element is in, if it is in one.
  function busted.getFile(element)
    local parent = element
    while parent do
      if parent.descriptor == 'file' then return parent end
      parent = context.parent(parent)
    end
  end

  --- The full name of what is called `name` in an element; by default in the
  --- current one.
  function busted.full_name(name, element)
    local names = { name }
    element = element or context.get()
    while element and element.descriptor ~= 'file' and element.descriptor ~= 'suite' do
      table.insert(names, 1, element.name or element.descriptor)
      element = context.parent(element)
    end
    return table.concat(names, ' ')
  end

  --- Where the user's code stands, from `level` on.
  function busted.getTrace(element, level, message)
    local trace = host.place((level or 1) + 1) or { traceback = '' }
    trace.message = message == nil and 'nil' or traces.text(message)
    local file = busted.getFile(element)
    local body = file and file.run
    if type(body) == 'table' and body.getTrace then
      local text = trace.message
      trace = body.getTrace(file.name, trace)
      trace.message = text
    end
    return trace
  end

  --- The text that is reported for an error value.
  function busted.rewriteMessage(element, message, trace)
    local file = busted.getFile(element)
    local body = file and file.run
    local text = traces.message(message, trace or element.trace or {})
    if type(body) == 'table' and body.rewriteMessage then
      return body.rewriteMessage(file.name, text)
    end
    return text
  end

  --- Raises a failure, with the position of `level` as `error` counts.
  --- `known` is what handlers may show of it (busted/details.lua).
  local function fail(message, level, known)
    level = level == nil and 1 or level
    local text = message
    if type(level) == 'number' and level > 0 and (has_text(message) or type(message) == 'number') then
      local info = debug.getinfo(level + 1, 'Sl')
      text = tostring(message)
      if info and info.currentline > 0 then
        text = ('%s:%d: %s'):format(info.short_src, info.currentline, text)
      end
    elseif has_text(message) then
      text = tostring(message)
    end
    local failure = setmetatable({ message = text }, type(text) == 'string' and failure_mt or silent_failure_mt)
    details[failure] = known
    error(failure, 0)
  end

  busted.fail_with = fail

  --- Raises a failure, with the position of `level` as `error` counts.
  function busted.fail(message, level)
    level = tonumber(level) or 1
    fail(message, level == 0 and 0 or level + 1)
  end

  --- Raises what makes the running test pending.
  function busted.pending(message)
    local text = message == nil and '' or traces.text(message)
    error(setmetatable({ message = text }, pending_mt), 0)
  end

  --- Publishes that something went wrong while `element` ran. Only a test's
  --- body can fail or be pending; anywhere else that is an error.
  local function report(element, descriptor, kind, message, trace)
    if descriptor ~= 'it' then kind = 'error' end
    local held = busted.held
    if held and element.descriptor == 'it' then
      held[#held + 1] = { { kind, 'it' }, element, context.parent(element), message, trace }
      return kind
    end
    busted.tell({ kind, element.descriptor }, element, context.parent(element), message, trace)
    return kind
  end

  local caught -- what was raised last: kind, message and trace

  --- Takes down what was raised in the current element, for `protect`.
  local function catch(value)
    local element = context.get()
    local kind = kind_of(value)
    local trace = busted.getTrace(element, 2, value)
    local message = busted.rewriteMessage(element, value, trace)
    local known = kind == 'failure' and details[value] or {}
    if busted.structural and known.compared then message = difference_text(message, known) end
    known.full = traces.full(2)
    details[trace] = known
    caught = { kind = kind, message = message, trace = trace }
    return value
  end

  --- What the coroutine of a body does.
  local function call_guarded(body)
    host.take()
    local results = pack(xpcall(body, catch))
    host.keep()
    return results
  end

  --- Calls a body in a coroutine of its own, with the time limit. Returns what
  --- xpcall gave, packed.
  local function guard(descriptor, body, run, element)
    local body_before = body_running
    body_running, noted, is_registering = run, {}, false
    if busted.capture then busted.capture.begin() end
    local outcome, results = host.run(call_guarded, busted.timeout, body)
    body_running = body_before
    local ended = outcome == 'ended'
    if busted.capture then busted.capture.finish(descriptor, ended and results[1]) end
    if ended then return results end
    local message = outcome == 'failed' and traces.text(results) or lost[outcome]
    local trace = element.trace or { traceback = '' }
    caught = { kind = 'error', message = busted.rewriteMessage(element, message, trace), trace = trace }
    return { false, n = 1 }
  end

  --- Reports what a body of an element raised. Returns its status.
  local function report_caught(descriptor, element, value, channel)
    local problem = caught
    caught = nil
    if problem == nil then -- catching it failed: a stack overflow, say
      local trace = element.trace or { traceback = '' }
      problem = { kind = 'error', message = busted.rewriteMessage(element, value, trace), trace = trace }
    end
    if channel then note_broken(channel, problem.message) end
    return report(element, descriptor, problem.kind, problem.message, problem.trace)
  end

  --- Calls a function protected while `element` is the context, with the
  --- arguments that follow. Returns a status, and what the function returned.
  --- `body`: what is called instead, in a coroutine of its own. `channel`: the
  --- event that is published.
  local function protect(descriptor, run, element, body, channel, ...)
    context.push(element)
    caught = nil
    local results
    if body then
      results = guard(descriptor, body, run, element)
    else
      results = pack(xpcall(run, catch, ...))
    end
    local status = 'success'
    if not results[1] then
      status = report_caught(descriptor, element, results[2], channel)
    elseif body and host.uncaught() > 0 then
      local trace = element.trace or { traceback = '' }
      local message = 'an error in a coroutine that was started here was not caught; it is on standard error'
      status = report(element, 'error', 'error', busted.rewriteMessage(element, message, trace), trace)
    end
    results[1] = new_status(status)
    context.pop()
    if body and host.interrupted() then busted.skipAll = true end
    return unpack(results, 1, results.n)
  end

  --- Calls a function of the harness protected.
  function busted.safe(descriptor, run, element)
    return protect(descriptor, run, element)
  end

  --- Calls code of a spec protected, in a coroutine that may wait.
  function busted.run_body(descriptor, run, element)
    return protect(descriptor, run, element, run)
  end

  --- Publishes while `element` is the context; what a handler raises is an
  --- error of the element. Returns whether all came through.
  function busted.publish_within(descriptor, channel, element, ...)
    return protect(descriptor, publish, element, nil, channel, channel, element, ...):success()
  end

  --- Publishes a start or an end event within an element, after setting its
  --- times. Returns whether all handlers came through.
  function busted.safe_publish(descriptor, channel, element, ...)
    local event = channel[2]
    if event == 'start' then
      element.starttick, element.starttime = host.monotime(), host.gettime()
    elseif event == 'end' then
      element.endtick, element.endtime = host.monotime(), host.gettime()
      if element.starttick then element.duration = element.endtick - element.starttick end
    end
    return busted.publish_within(descriptor, channel, element, ...)
  end

  --- Gives a function the environment of specs.
  function busted.wrap(fn)
    if type(fn) == 'function' then setfenv(fn, environment) end
    return fn
  end

  --- Gives a function (or the `__call` of an object) an environment in which
  --- `name` is `value`, and all else as before.
  function busted.bindfenv(callable, name, value)
    local fn = callable
    if type(fn) ~= 'function' then fn = (debug.getmetatable(callable) or {}).__call end
    if type(fn) ~= 'function' then return callable end
    local env = getfenv(fn)
    setfenv(fn, setmetatable({ [name] = value }, {
      __index = env,
      __newindex = function(_, key, new) env[key] = new end,
    }))
    return callable
  end

  --- Makes a value part of the public API.
  function busted.exportApi(name, value) busted.api[name] = value end

  --- Makes a name visible in specs, and part of the public API.
  function busted.export(name, value)
    busted.exportApi(name, value)
    root.env[name] = value
  end

  --- Makes a name visible neither in specs nor in the public API.
  function busted.hide(name)
    busted.api[name] = nil
    root.env[name] = nil
  end

  --- Makes an element of a finished registration and hangs it into the tree.
  local function attach(descriptor)
    return function(name, fn, trace, attributes)
      if busted.skipAll then return nil, false end
      local parent = context.get()
      local element = {
        descriptor = descriptor,
        attributes = attributes or {},
        name = name,
        run = fn,
        trace = trace,
      }
      context.attach(element)
      local list = parent[descriptor]
      if list == nil then
        list = {}
        parent[descriptor] = list
      end
      list[#list + 1] = element
      return nil, false
    end
  end

  --- The trace of a block that is being registered, at a place that was noted
  --- or is looked up now.
  local function trace_of_block(name, place)
    local file = place and busted.getFile(context.get())
    if not file or type(file.run) == 'table' and file.run.getTrace then
      local trace = busted.getTrace(context.get(), 3, name)
      return trace
    end
    place.message = name == nil and 'nil' or traces.text(name)
    return traces.noted(place)
  end

  --- Notes the place of a block from what the compiler knows of the call that
  --- its function was written in. That has to be the call of `publish`, by the
  --- body that runs; nil if one cannot be sure.
  local function note_from_literal(export, publish, fn)
    local body = body_running
    if is_registering or type(fn) ~= 'function' or noted[fn] then return nil end
    if context.get('run') ~= body or environment[export] ~= publish then return nil end
    if type(body) == 'table' then body = (debug.getmetatable(body) or {}).__call end -- a file
    local place = note_call(fn, body, export, environment)
    if place then noted[fn] = true end
    return place
  end

  --- Creates the function with which a block is registered, and that is seen as
  --- `export`. The place is noted in that function itself: each frame above the
  --- user's costs a microsecond.
  local function publisher(descriptor, alias, attributes, export)
    local channel = { 'register', descriptor }
    local default = attributes and attributes.default_fn
    local traced = descriptor ~= 'file'
    local function complete(name, fn, place)
      local trace = traced and trace_of_block(name, place) or nil
      is_registering = true
      busted.publish(channel, name, fn, trace, attributes)
      is_registering = false
    end
    local function notes() return traced and busted.notes_places end
    local function publish(name, fn)
      if fn == nil and type(name) == 'string' then
        if default == nil then
          return function(later)
            complete(name, later, notes() and note_place())
          end
        end
        fn = default
      elseif fn == nil and name ~= nil then
        name, fn = alias, name
      end
      complete(name, fn, notes() and (note_from_literal(export, publish, fn) or note_place()))
    end
    return publish
  end

  --- Registers a kind of block. `definition` is the function that executes
  --- its elements, the name of the kind that it is an alias of, or nothing for
  --- elements that are only kept in lists.
  function busted.register(descriptor, definition, attributes)
    local alias
    if type(definition) == 'table' then
      definition, attributes = nil, definition
    end
    local primary = descriptor
    if type(definition) == 'string' then
      primary, alias = busted.primary[definition] or definition, descriptor
      attributes = attributes or busted.attributes[definition]
      if not runners[primary] and not busted.attributes[primary] then
        error(("'%s' cannot be an alias of '%s', which is not registered"):format(descriptor, definition), 2)
      end
    else
      attributes = attributes or {}
      if runners[primary] == nil then
        busted.subscribe({ 'register', primary }, attach(primary))
      end
      -- A kind without a function of its own keeps the one it had.
      runners[primary] = definition or runners[primary] or false
    end
    busted.primary[descriptor] = primary
    busted.attributes[descriptor] = attributes
    local publish = publisher(primary, alias, attributes, descriptor)
    executors[descriptor] = publish
    busted.export(descriptor, publish)
  end
  busted.primary, busted.attributes = {}, {}

  --- Executes the children of an element in order.
  function busted.execute(element)
    element = element or context.get()
    local children = context.children(element)
    for i = 1, #children do
      if busted.skipAll then return end
      local child = children[i]
      local run = runners[child.descriptor]
      if run then run(child) end
    end
  end

  return busted
end
