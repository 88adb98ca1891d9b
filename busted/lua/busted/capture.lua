-- --capture: what tests and hooks print shows only when a test fails, in front
-- of what handlers say of its end. Meaning: docs/guide/busted.md.

local host = require 'busted.host'

local capture = {}
local shows = false   -- whether the last test failed: its after_each shows, too
local running = false -- whether code of a spec runs

local function show(out, err)
  io.stdout:write(out)
  io.stdout:flush()
  io.stderr:write(err)
end

--- Code of a spec is about to run.
function capture.begin()
  io.stdout:flush()
  host.capture_begin()
  running = true
end

--- It has run. What belongs to a test is kept until that has ended.
function capture.finish(descriptor, passed)
  io.stdout:flush()
  host.capture_end()
  running = false
  if not passed and descriptor ~= 'it' and descriptor ~= 'finally' or shows and descriptor == 'after_each' then
    show(host.capture_take())
  elseif descriptor ~= 'it' and descriptor ~= 'finally' and descriptor ~= 'before_each' then
    host.capture_take()
  end
end

--- A test has ended; its handlers are told next.
function capture.test_ended(status)
  shows = status == 'failure' or status == 'error'
  local out, err = host.capture_take()
  if shows then show(out, err) end
end

-- A spec that ends the process shall not take its last words along.
local exit = os.exit
function os.exit(...)
  if running then capture.finish(nil, false) end
  return exit(...)
end

return capture
