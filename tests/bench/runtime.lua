-- Measures the primitives of the runtime and prints a rate per row on the log
-- stream "stderr"; `deno task bench` sets them beside the reference's. A row
-- whose functions are not there yet says so.
module(..., package.seeall)
local function rep(name, unit, n, f)
  local ts = {}
  for i = 1, 3 do
    local t0 = mtev.timeval.now()
    local ok, why = pcall(f)
    if not ok then
      mtev.log("stderr", "%-34s unavailable: %s\n", name, why)
      return
    end
    ts[i] = mtev.timeval.seconds(mtev.timeval.now() - t0)
  end
  table.sort(ts)
  mtev.log("stderr", "%-34s n=%-8d median %.4f s  -> %.0f %s/s\n", name, n, ts[2], n / ts[2], unit)
end
function main()
  rep("coroutine_spawn (empty fn)", "spawn", 100000, function() for i = 1, 100000 do mtev.coroutine_spawn(function() end) end end)
  rep("spawn + sleep(0) + join", "coro", 10000, function()
    local left = 10000
    for i = 1, 10000 do mtev.coroutine_spawn(function() mtev.sleep(0); left = left - 1; if left == 0 then mtev.notify("alldone") end end) end
    mtev.waitfor("alldone", 10)
  end)
  rep("sleep(0) loop", "sleep", 10000, function() for i = 1, 10000 do mtev.sleep(0) end end)
  rep("sleep(0.001) loop", "sleep", 300, function() for i = 1, 300 do mtev.sleep(0.001) end end)
  rep("notify/waitfor ping-pong", "round", 20000, function()
    mtev.coroutine_spawn(function() for i = 1, 20000 do mtev.waitfor("ping", 5); mtev.notify("pong", i) end end)
    for i = 1, 20000 do mtev.notify("ping", i); mtev.waitfor("pong", 5) end
  end)
  rep("queued notify then waitfor", "msg", 20000, function()
    for i = 1, 20000 do mtev.notify("q", i) end
    for i = 1, 20000 do mtev.waitfor("q", 0.1) end
  end)
  rep("print (stdout line)", "line", 50000, function() for i = 1, 50000 do print("line", i) end end)
  local js = '{"a":[1,2,3,{"b":"ccccccccc"}],"d":{"e":1.5,"f":true,"g":null},"h":"string value"}'
  rep("parsejson+document", "doc", 50000, function() for i = 1, 50000 do local d = mtev.parsejson(js):document() end end)
  local tb = {a = {1, 2, 3, {b = "ccc"}}, d = {e = 1.5, f = true}, h = "string value"}
  rep("tojson+tostring", "doc", 50000, function() for i = 1, 50000 do local d = mtev.tojson(tb):tostring() end end)
  local kb = string.rep("x", 1024)
  rep("md5_hex 1KiB", "op", 100000, function() for i = 1, 100000 do mtev.md5_hex(kb) end end)
  rep("sha256_hex 1KiB", "op", 100000, function() for i = 1, 100000 do mtev.sha256_hex(kb) end end)
  rep("base64 enc+dec 1KiB", "op", 100000, function() for i = 1, 100000 do mtev.base64_decode(mtev.base64_encode(kb)) end end)
  rep("pcre match", "op", 100000, function() local m = mtev.pcre("(\\d+)-(\\w+)") for i = 1, 100000 do m("abc 123-foo def", {offset=0}) end end)
  rep("spawn /bin/true + wait", "proc", 50, function() for i = 1, 50 do mtev.spawn("/bin/true", {"true"}):wait(5) end end)
  rep("mtev.sh('echo hi')", "proc", 50, function() for i = 1, 50 do mtev.sh("echo hi") end end)
  if mtev.socket then network() end
  os.exit(0)
end
function network()
  -- TCP echo over loopback, one connection, 64-byte lines
  local port = 21999
  mtev.coroutine_spawn(function()
    local e = mtev.socket('inet', 'tcp') e:setsockopt("SO_REUSEADDR", 1)
    assert(e:bind('127.0.0.1', port) == 0) assert(e:listen(10) == 0)
    mtev.notify("lst", 1)
    while true do
      local c = e:accept()
      mtev.coroutine_spawn(function() local c = c:own() while true do local l = c:read("\n") if l == nil then c:close() return end c:write(l) end end)
    end
  end)
  mtev.waitfor("lst", 1)
  local line = string.rep("y", 63) .. "\n"
  rep("tcp echo round trip 64B", "rtt", 10000, function()
    local e = mtev.socket('127.0.0.1') assert(e:connect('127.0.0.1', port, 1) == 0)
    for i = 1, 10000 do e:write(line); e:read("\n") end e:close()
  end)
  rep("tcp connect+1 echo+close", "conn", 1000, function()
    for i = 1, 1000 do local e = mtev.socket('127.0.0.1') assert(e:connect('127.0.0.1', port, 1) == 0) e:write(line); e:read("\n"); e:close() end
  end)
end
