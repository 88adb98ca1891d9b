-- A wait in every construct; the outputs are LuaJIT's.
local yield = coroutine.yield
local function wait(...) return yield(...) end
local function run(f, ...)
  local co = coroutine.create(f)
  local t = {coroutine.resume(co, ...)}
  local n = 0
  while coroutine.status(co) == "suspended" do
    n = n + 1
    t = {coroutine.resume(co, n, n * 10)}
  end
  for i = 1, #t do t[i] = tostring(t[i]) end
  print(n, unpack(t))
end
run(function() if wait() == 1 then return "if" else return "else" end end)
run(function() if not wait() then return "no" elseif wait() == 2 then return "elseif" end end)
run(function() local s = 0 while wait() < 4 do s = s + 1 end return s end)
run(function() local s = 0 repeat local x = wait() s = s + x until x >= 3 return s end)
run(function() local s = 0 for i = 1, 3 do s = s + wait() * i end return s end)
run(function() local s = 0 for i = wait(), wait() + 2, wait() - 2 do s = s + i end return s end)
run(function() local s = "" for k, v in pairs({5, 6}) do s = s .. k .. v .. wait() end return s end)
run(function() local s = "" for i, v in function(_, i) i = (i or 0) + 1 wait() if i < 3 then return i, i * i end end do s = s .. i .. v end return s end)
run(function() return wait() and wait() or "or" end)
run(function() return (wait() == nil) or (wait() and "and") end)
run(function() return {wait(), wait(), x = wait(), [wait()] = "k"} and "table" end)
run(function() local t = {} t[wait()] = wait() t.x = wait() return t[1], t.x end)
run(function() local a, b, c = wait(), wait() return a, b, c end)
run(function() local a, b = {}, {} a.x, b.y = wait(), wait() return a.x, b.y end)
run(function(...) return select("#", ..., wait()), wait(...) end, "a", nil)
run(function() local ok, e = pcall(function() error({wait()}) end) return ok, e[1] end)
run(function() return pcall(pcall, pcall, wait, 1) end)
run(function() return xpcall(function() wait() error("e", 0) end, function(m) return m .. "!" end) end)
run(function() local o = {v = 1} function o:m(x) return self.v + x + wait() end return o:m(wait()) end)
run(function() local f = function() return wait(), wait() end return (f()) end)
run(function() goto skip do wait() end ::skip:: for i = 1, 3 do if i == 2 then goto next end wait() ::next:: end return "goto" end)
run(function() local i = 0 ::top:: i = i + 1 wait() if i < 3 then goto top end return i end)
run(function() local function tail(n) if n == 0 then return wait() end return tail(n - 1) end return tail(100) end)
run(function() local function rec(n) if n == 0 then return wait() end return 1 + rec(n - 1) end return rec(50) end)
run(function() local t = setmetatable({}, {__index = function(t, k) return k .. wait() end, __call = function(_, x) return wait() + x end}) return t.a .. t.b, t(5) end)
run(function() local mt = {} mt.__add = function(a, b) return wait() end mt.__lt = function() return wait() end mt.__le = mt.__lt mt.__eq = mt.__lt mt.__concat = mt.__add mt.__unm = mt.__add local a, b = setmetatable({}, mt), setmetatable({}, mt) return a + b, a < b, a <= b, a > b, a == b, a ~= b, a .. b, -a end)
run(function() local fs = {} for i = 1, 3 do local j = wait() fs[i] = function() j = j + i return j end end return fs[1](), fs[2](), fs[3](), fs[1]() end)
run(function() return tostring(setmetatable({}, {__tostring = function() return "ts" .. wait() end})) end)
run(function() local w = coroutine.wrap(function() for i = 1, 3 do yield(i) end end) return w() + w() + w() + wait() end)

-- Resumed with any number of values where all, some or one of them count, and
-- in loops, whose frames are kept and differ in what is live.
local function counts(...) return select("#", ...), ... end
local function feed(name, body)
  local w = coroutine.wrap(function(...) body(...) return "end" end)
  print(name, w(1, 2))
  for _, values in ipairs({{n = 0}, {n = 1, 1}, {n = 2, 1, nil}, {n = 3, nil, nil, 3}, {n = 2, "a", "b"}}) do
    print(name, w(unpack(values, 1, values.n)))
  end
end
feed("none", function() while true do yield() yield(1, 2) end end)
feed("one", function() local x while true do x = yield(x) local y = yield(x, "y") x = (yield(y, x)) end end)
feed("some", function() while true do local a, b = yield() do local c, d, e = yield(a, b) yield(c, d, e) end end end)
feed("all", function(...) local n = counts(...) while true do yield(counts(yield(n, counts(yield())))) end end)
feed("tail", function() local function tail(...) return yield(...) end while true do print((tail(tail(1, nil)))) print(counts(tail())) end end)
feed("pcall", function() while true do print(pcall(yield, 1, nil)) print((pcall(yield))) end end)
feed("for", function() for a, b in yield do print(a, b) if a == "a" then return end end yield("left") yield() yield() yield() end)
