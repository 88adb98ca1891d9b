-- Patterns: a list to read, then generated patterns and subjects, printed as
-- checksums of what find, match, gmatch and gsub give for a group of cases.
local function show(...)
  local t = {}
  for i = 1, select("#", ...) do
    local v = select(i, ...)
    t[i] = type(v) == "string" and ("%q"):format(v) or tostring(v)
  end
  return table.concat(t, ",")
end
local function try(...) print(show(pcall(...))) end

for _, p in ipairs {
  "(", ")", "%", "[", "[a", "[^", "[a-", "[%", "(()", "%b", "%bx", "%f", "%fa", "(a", "a)",
  "[]", "[^]", "%1", "(%1)", "(a)%2", "((a)", "[a%", "b)", "[]]", "[^]]", "%0", "a*)",
} do
  for _, name in ipairs { "find", "match", "gsub" } do
    print(name, p, show(pcall(string[name], "abc(abc)%", p, "")))
  end
end
for _, case in ipairs {
  { "hello world", "o", 6 }, { "hello", "" }, { "hello", "", 10 }, { "hello", "", 6 }, { "hello", "l", -2 },
  { "hello", "h", -100 }, { "abc", "b", 1e10 }, { "abc", "b", -1e10 }, { "", "", 2 }, { "a.b", ".", 1, true },
  { "a+b", "+", 1, true }, { "a+b", "a+b" }, { "hello", "(l)(l)" }, { "hello", "()ll()" },
  { "key = value", "^(%w+)%s*=%s*(%w+)$" }, { "THE (quick) fox", "%((%a+)%)" }, { "f(a(b)c)d", "%b()" },
  { "x", "%b()" }, { "foo.bar", "%f[%w]%w+$" }, { "[[x]]", "%[%[(.-)%]%]" }, { "abc", "^(a)(b)?" },
  { "abc", "%d*" }, { "abc", "a*?" }, { "aaa", "a-", 2 }, { "aaa", "^a-$" }, { "a$", "a%$$" }, { "x^y", "x^y" },
  { "a]b", "[]]" }, { "a-b", "[a%-]+" }, { "a-z", "[-az]+" }, { "m", "[a-]" }, { "^", "[%^]" },
  { "a\0b", "%z" }, { "a\0b", "[%z]" }, { "a\0b", "a.b" }, { "a\0b", "a\0.*" }, { "a\0b", "\0" },
  { "\r\n\t ", "^%s+$" }, { "\200", "%a" }, { "\xe9", "[\xe0-\xff]" }, { "abcabc", "(a)(b)(c)%1%2%3" },
  { "abab", "^(ab)%1$" }, { "x=x", "(.)=%1" }, { "a**", "a**" }, { "(a)*", "%(a%)%*" }, { "x$y", "x$y" },
  { "^x", "^^x" }, { "-", "[%a-z]" }, { "b", "[a-%%]" }, { "abc", "[a-c-e]+" }, { "a^", "[a^]+" },
  { ("x"):rep(2000), ".-b" }, { ("a"):rep(30), ("(a)"):rep(32) }, { ("a"):rep(40), ("(a)"):rep(33) },
  { ("a"):rep(199), ("a?"):rep(199) }, { ("a"):rep(250), ("a?"):rep(250) }, { ("a"):rep(250), ("a*"):rep(250) },
  { ("a"):rep(20) .. "b", ("a-"):rep(6) .. "c" }, { "abc", 2 }, { 12345, 34 }, { "foo", "o", 2.9 },
  { "%d", "%%d" }, { ("ab"):rep(50000), "^[ab]*$" }, { ("ab"):rep(50000), "^(a?b?)*$" }, { "a b", "%f[%z]" },
  { "THE END", "%f[^%a]" }, { "x", "[%]]" }, { "x", "[" }, { "x", "y[" }, { "x", "y%" },
} do
  local s, p, init, plain = unpack(case, 1, 4)
  print(#tostring(s) > 20 and #s or show(s), #tostring(p) > 30 and #p or show(p), init)
  for _, name in ipairs { "find", "match" } do
    local result = show(pcall(string[name], s, p, init, plain))
    print("", name, #result > 200 and #result or result)
  end
end

try(string.gsub, "abc", "%w", { a = 1, b = true })
try(string.gsub, "abc", "%w", { a = {} })
try(string.gsub, "abc", "%w", function() return {} end)
try(string.gsub, "abc", "%w", function() error("in callback", 0) end)
try(string.gsub, "abc", "(b)", "%2")
try(string.gsub, "abc", "b", "%")
try(string.gsub, "abc", "b", "%x")
try(string.gsub, "abc", "b")
try(string.gsub, "abc", "b", true)
try(string.gsub, "abc", "b", "x", {})
try(string.gsub, "abc", "b", "x", 0 / 0)
try(string.gsub, "abc", ".", { a = 1 / 0, b = -0.0, c = 1e15 })
try(string.gsub, "hello", "", "-")
try(string.gsub, "abc", "%w", "%0%0", 2)
try(string.gsub, "abc def", "(%w+) (%w+)", "%2 %1 %%")
try(string.gsub, "abc", "%w", "x", -1)
try(string.gsub, "abc", "%w", "x", "2")
try(string.gsub, "abc", "b*", "-")
try(string.gsub, "a,b,,c", ",*", "-")
try(string.gsub, "aaa", "^a", "x")
try(string.gsub, "abc", "$", "!")
try(string.gsub, "abc", ".*", "x")
try(string.gsub, "", "", "x")
try(string.gsub, "abc", "()", "%1")
try(string.gsub, "a.b.c", ".", "-", 2)
try(string.gsub, "one;;two", ";;", ";nil;")
try(string.gsub, "x y", "%w", setmetatable({}, { __index = function(_, k) return k .. k end }))
try(string.gmatch, "x")
try(string.gmatch, "x", {})
try(string.find, "a")
try(string.find, nil, "a")
try(string.find, "a", {})
try(string.find, "a", "a", {})
local iterator = ("x y"):gmatch("%a")
print(iterator(), iterator(), select("#", iterator()), select("#", iterator()))
for a, b in ("^h=1 ^k=2"):gmatch("^(%a)=(%d)") do print(a, b) end
print(coroutine.wrap(function()
  return pcall(string.gsub, "x", "x", function() coroutine.yield() end)
end)())
print(pcall(function() local a = ("x"):find("[a") end))

-- Generated cases. The generator is our own, so that all engines agree.
local state = 42
local function random(low, high)
  state = (state * 1103515245 + 12345) % 2147483648
  return low + math.floor(state / 65536) % (high - low + 1)
end
local function choose(list) return list[random(1, #list)] end
local atoms = {
  "a", "b", "c", ".", "%a", "%d", "%s", "%w", "%l", "%u", "%p", "%A", "%W", "[ab]", "[^a]", "[a-c]",
  "[%w_]", "[^%s]", "x", "%.", "%%", "%z", "[]]", "[^]]", "[a-]", "%x", "1", " ", "[%a-z]", "\200", "[\128-\255]",
}
local suffixes = { "", "", "", "*", "+", "-", "?" }
local function pattern()
  local t, open = {}, 0
  if random(1, 4) == 1 then t[1] = "^" end
  for _ = 1, random(0, 6) do
    local kind = random(1, 24)
    if kind == 1 then
      t[#t + 1] = "("
      open = open + 1
    elseif kind == 2 and (open > 0 or random(1, 6) == 1) then
      t[#t + 1] = ")"
      open = open - 1
    elseif kind == 3 then t[#t + 1] = "()"
    elseif kind == 4 then t[#t + 1] = "%b()"
    elseif kind == 5 then t[#t + 1] = "%f" .. atoms[random(14, 18)]
    elseif kind == 6 then t[#t + 1] = "%" .. random(0, 3)
    elseif kind == 7 then t[#t + 1] = "(" .. choose(atoms) .. choose(suffixes) .. ")"
    elseif kind == 8 then t[#t + 1] = choose { "[", "%", "[a", "(", "%b", "%f", "*", "-", "$" }
    else t[#t + 1] = choose(atoms) .. choose(suffixes)
    end
  end
  while open > 0 and random(1, 8) > 1 do
    t[#t + 1] = ")"
    open = open - 1
  end
  if random(1, 5) == 1 then t[#t + 1] = "$" end
  return table.concat(t)
end
local characters = { "a", "b", "c", "A", "1", "2", " ", ".", "(", ")", "x", "_", "%", "]", "-", "\0", "\200", "^", "$" }
local function subject()
  local t = {}
  for i = 1, random(0, random(1, 20)) do t[i] = choose(characters) end
  return table.concat(t)
end
local replacements = {
  "", "x", "%0", "%1", "<%0>", "%2", "%%", "[%1%2]", { a = "1", b = false },
  function(a, b) return (b or "") .. a end, function() end, function(...) return select("#", ...) end,
}
local function checksum(sum, text)
  for i = 1, #text do sum = (sum * 31 + text:byte(i)) % 4294967291 end
  return sum
end
local function withoutPosition(text) return (text:gsub("string_pattern.lua:%d+: ", "")) end
for group = 1, 200 do
  local sum = 0
  for _ = 1, 20 do
    local p, s = pattern(), subject()
    local init = random(1, 3) == 1 and random(-5, 8) or nil
    sum = checksum(sum, show(pcall(string.find, s, p, init)))
    sum = checksum(sum, show(pcall(string.match, s, p, init)))
    local count = random(1, 3) == 1 and random(0, 3) or nil
    sum = checksum(sum, withoutPosition(show(pcall(string.gsub, s, p, choose(replacements), count))))
    sum = checksum(sum, withoutPosition(show(pcall(function()
      local t = {}
      for a, b in s:gmatch(p) do
        t[#t + 1] = tostring(a) .. ":" .. tostring(b)
        if #t > 30 then break end
      end
      return table.concat(t, "|")
    end))))
  end
  print(group, sum)
end
