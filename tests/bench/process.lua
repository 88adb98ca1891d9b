-- Rates of processes and of what states share, within one state:
-- bin/luamtev tests/bench/process.lua
module(..., package.seeall)

local function rate(name, count, run)
  run() -- warm
  local before = mtev.timeval.now()
  for _ = 1, count do run() end
  local seconds = (mtev.timeval.now() - before):seconds()
  print(("%-40s %10.0f /s"):format(name, count / seconds))
end

function main()
  rate("spawn /bin/true + wait", 300, function() mtev.spawn("/bin/true", { "true" }):wait(5) end)
  rate("mtev.exec /bin/true", 300, function() mtev.exec("/bin/true", { "true" }) end)
  rate("mtev.sh('echo hi')", 300, function() mtev.sh("echo hi") end)
  local chunk = ("x"):rep(2 ^ 20)
  local process, stdin, stdout = mtev.spawn("/bin/cat", { "cat" })
  mtev.coroutine_spawn(function()
    stdin = stdin:own()
    while stdin:write(chunk) > 0 do end
  end)
  rate("MB through the pipes of cat", 300, function() stdout:read(2 ^ 20) end)
  process:kill(9)
  local value = { name = "value", list = { 1, 2, 3, 4, 5 }, flag = true }
  rate("shared_set + shared_get, small table", 50000, function()
    mtev.shared_set("value", value)
    mtev.shared_get("value")
  end)
  rate("shared_seq", 200000, function() mtev.shared_seq("seq") end)
  local sem = mtev.semaphore("sem", 1)
  rate("semaphore acquire + release, free", 200000, function()
    sem:acquire()
    sem:release()
  end)
  rate("shared_notify + shared_waitfor, queued", 100000, function()
    mtev.shared_notify("queue", 1)
    mtev.shared_waitfor("queue")
  end)
  os.exit(0)
end
