-- One of the processes of `-j N`: runs the files that it is told to, and tells
-- its parent of every event that a handler may want (busted/wire.ts). What it
-- prints goes to files; each event carries how much of them was there.
--
-- The parent is busted/parallel.lua.

local host = require 'busted.host'
local details = require 'busted.details'

local FLUSH_AFTER = 0.02   -- seconds that events may wait
local FLUSH_COUNT = 200

local worker = {}

--- A copy of what can be sent of a table: no functions, no tables in it.
local function flat(t)
  local copy = {}
  for key, value in pairs(t or {}) do
    local kind = type(value)
    if kind == 'string' or kind == 'number' or kind == 'boolean' then copy[key] = value end
  end
  return copy
end

--- Forwards the events of an instance. Returns send(message), which also sends
--- the events that wait. The last message before the end is what `last` gives.
local function forward(busted, last)
  local context = busted.context
  local ids, last_id = setmetatable({}, { __mode = 'k' }), 0
  local sent = setmetatable({}, { __mode = 'k' }) -- what the parent knows of elements
  local events, sent_at = {}, host.monotime()
  local out_before, err_before = 0, 0

  local function identify(element)
    if not ids[element] then
      last_id = last_id + 1
      ids[element] = last_id
    end
    return ids[element]
  end

  local function flat_trace(trace)
    -- Looking at it works it out.
    return trace and trace.traceback and flat(trace)
  end

  --- What is new of an element.
  local function describe(element)
    local known, now = sent[element], flat(element)
    sent[element] = now
    if known then
      local changes = { id = ids[element] }
      for key, value in pairs(now) do
        if known[key] ~= value then changes[key] = value end
      end
      return changes
    end
    local copy = flat(now)
    copy.id = identify(element)
    copy.trace = flat_trace(element.trace)
    copy.attributes = flat(element.attributes)
    local parent = context.parent(element)
    if parent and parent.descriptor ~= 'suite' then copy.parent = identify(parent) end
    return copy
  end

  local function describe_trace(trace)
    local copy = flat(trace)
    local known = details[trace]
    if known then
      copy.details = flat(known)
      if known.compared then
        copy.details.difference = require 'busted.diff'(known.expected, known.actual)
      end
    end
    return copy
  end

  local function send(message)
    message.events, events = events, {}
    sent_at = host.monotime()
    host.wire_send(message)
  end

  local function add(kind, sub, element, status, trace)
    io.stdout:flush()
    local out, err = host.output_sizes()
    events[#events + 1] = {
      kind = kind, sub = sub, element = describe(element), value = status,
      out = out ~= out_before and out or nil, err = err ~= err_before and err or nil,
      trace = type(trace) == 'table' and describe_trace(trace) or nil,
    }
    out_before, err_before = out, err
    if #events >= FLUSH_COUNT or host.monotime() - sent_at > FLUSH_AFTER then send {} end
  end

  for _, kind in ipairs { 'file', 'describe', 'test' } do
    for _, sub in ipairs { 'start', 'end' } do
      busted.subscribe({ kind, sub }, function(element, _, status)
        add(kind, sub, element, status)
        return nil, true
      end, { priority = 1 })
    end
  end
  local publish = busted.publish
  function busted.publish(channel, element, parent, message, trace)
    local kind = channel[1]
    if kind == 'failure' or kind == 'error' or kind == 'pending' then
      add(kind, channel[2], element, message, trace)
    end
    return publish(channel, element, parent, message, trace)
  end
  -- A spec that ends the process loses nothing that has happened.
  local exit = os.exit
  function os.exit(...)
    send(last())
    return exit(...)
  end
  return send
end

--- Runs what the parent orders, and ends the process. `load(file)` registers a
--- file; `last()` returns what else the parent shall know, in the end.
function worker.run(busted, load, last)
  local context, suite = busted.context, busted.context.get()
  busted.notes_places = true -- they are looked at here
  host.wire_open()
  local send = forward(busted, last)
  send { ready = true } -- the helper and the statements came through
  if busted.safe_publish('suite', { 'suite', 'start' }, suite, 1, 1) then
    busted.block.execute_children(suite, function()
      for order in host.wire_order do
        busted.randomseed = order.seed
        load(order.file)
        busted.execute(suite)
        context.detach_children(suite)
        send { finished = order.file, flaky = busted.flaky }
        busted.flaky = {}
      end
    end)
  end
  busted.safe_publish('suite', { 'suite', 'end' }, suite, 1, 1)
  busted.tell { 'exit' }
  os.exit(0, true)
end

return worker
