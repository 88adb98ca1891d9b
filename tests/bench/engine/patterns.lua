-- Patterns: gsub with strings, tables and functions, gmatch, find.
local text = ("the quick brown fox jumps over the lazy dog 12345 "):rep(400)
local words, n = {}, 0
for round = 1, 24 do
  for w in text:gmatch("%a+") do words[w] = (words[w] or 0) + 1 end
  local out = text:gsub("%w+", function(w) return #w > 4 and w:upper() or nil end)
  out = out:gsub("o", "0"):gsub("(%a)(%a)", "%2%1")
  n = n + #out
  local at = 1
  while true do
    local s, e = text:find("%d+", at)
    if not s then break end
    n = n + e - s
    at = e + 1
  end
end
assert(words.the == 24 * 400 * 2 and n > 0)
