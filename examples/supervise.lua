-- Supervises a child: waits until it says that it is ready, watches its log
-- for errors, and starts it anew when it fails.
module(..., package.seeall)

local SERVICE = [[
echo "ready" >&2
echo "this is start $START" >&2
[ "$START" -lt 3 ] || exit 0
echo "error: out of luck" >&2
exit $START
]]

local function run(start)
  local service = mtev.Proc:new{
    path = "/bin/sh",
    argv = { "service", "-c", SERVICE },
    env = { START = start },
    boot_match = "^ready",
  }
  local errors = service:logwatch(function(line) return line:find("^error") end)
  service:start()
  assert(service:ready(), "the service does not start")
  local exited, code = service:wait(10)
  if exited and code == 0 then return true end
  print(("start %d ended with code %d, after: %s"):format(start, code, (errors:wait(5):gsub("\n", ""))))
  return false
end

function main()
  local start = 1
  while not run(start) do
    start = start + 1
    mtev.sleep(0.01 * start) -- ever later, so that a broken service costs little
  end
  print("the service has done its work at start " .. start)
  os.exit(0)
end
