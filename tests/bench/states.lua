-- How fast two Lua states on two threads hand things over:
-- bin/luamtev --concurrent -n 2 tests/bench/states.lua
module(..., package.seeall)

local ROUNDS = 5000

local function rate(name, run)
  local before = mtev.timeval.now()
  run()
  local seconds = (mtev.timeval.now() - before):seconds()
  print(("%-40s %10.0f /s"):format(name, ROUNDS / seconds))
end

function main()
  local _, loop = mtev.thread_self()
  local ping, pong = mtev.semaphore("ping", 0), mtev.semaphore("pong", 0)
  if loop == 1 then
    mtev.shared_notify("up", true)
    for _ = 1, ROUNDS do mtev.shared_waitfor("there") mtev.shared_notify("back", 1) end
    for _ = 1, ROUNDS do ping:acquire() pong:release() end
    return
  end
  mtev.shared_waitfor("up")
  rate("message there and back", function()
    for _ = 1, ROUNDS do mtev.shared_notify("there", 1) mtev.shared_waitfor("back") end
  end)
  rate("semaphore there and back", function()
    for _ = 1, ROUNDS do ping:release() pong:acquire() end
  end)
  os.exit(0)
end
