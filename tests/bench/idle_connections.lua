-- 10,000 connections between two processes, then a line on each at once: what a connection takes
-- in the server's memory, and when the answers are there.
-- bin/luamtev tests/bench/idle_connections.lua
module(..., package.seeall)

local COUNT = 10000

local function memory(pid)
  for line in io.lines("/proc/" .. pid .. "/status") do
    local kilobytes = line:match("^VmRSS:%s*(%d+)")
    if kilobytes then return tonumber(kilobytes) end
  end
end

function main()
  local here = debug.getinfo(1, "S").source:match("^@(.*)/") or "."
  local luamtev = here .. "/../../bin/luamtev"
  local arguments = { luamtev, here .. "/echo_servers/luamtev.lua" }
  local environment = { "PATH=" .. os.getenv("PATH"), "HOME=" .. os.getenv("HOME") }
  local server, _, stdout = mtev.spawn(luamtev, arguments, environment)
  local port = assert(tonumber(stdout:read("\n")), "the server did not start")
  local function connect()
    local c = mtev.socket("inet")
    local result, message = c:connect("127.0.0.1", port)
    if result ~= 0 then error(message) end
    c:write("first\n")
    c:read("\n")
    return c
  end
  for _ = 1, 200 do connect():close() end -- warm
  local before, connections = memory(server:pid()), {}
  for index = 1, COUNT do connections[index] = connect() end
  print(("%.1f KB a connection"):format((memory(server:pid()) - before) / COUNT))

  local start, times, lost = mtev.timeval.now(), {}, 0
  for index, c in ipairs(connections) do c:write("line " .. index .. "\n") end
  for index, connection in ipairs(connections) do
    mtev.coroutine_spawn(function()
      local c = connection:own()
      if c:read("\n") ~= "line " .. index .. "\n" then lost = lost + 1 end
      times[#times + 1] = (mtev.timeval.now() - start):seconds() * 1000
      if #times == COUNT then mtev.notify("done") end
    end)
  end
  mtev.waitfor("done", 60)
  table.sort(times)
  print(("%d answers, %d wrong; %.0f ms in the middle, %.0f ms at the 99th percentile"):format(
    #times, lost, times[#times / 2], times[math.floor(#times * 0.99)]))
  server:kill(9)
  server:wait(5)
  os.exit(0)
end
