-- Two coroutines that talk through wait and notify, and a third that gives up
-- waiting. notify hands over at once: the waiting coroutine runs first.
module(..., package.seeall)

local function player(name, hears, says, rounds)
  for _ = 1, rounds do
    local _, count = mtev.waitfor(hears, 5)
    print(("%-4s %d"):format(name, count))
    mtev.notify(says, count + 1)
  end
end

function main()
  mtev.coroutine_spawn(player, "ping", "to ping", "to pong", 3)
  mtev.coroutine_spawn(player, "pong", "to pong", "to ping", 3)
  mtev.coroutine_spawn(function()
    if not mtev.waitfor("nobody calls", 0.05) then mtev.notify("over", "nobody called") end
  end)

  mtev.notify("to ping", 1)
  local _, last = mtev.waitfor("to ping", 1)
  print("the count is " .. last)

  local _, why = mtev.waitfor("over")
  print(why)
  os.exit(0)
end
