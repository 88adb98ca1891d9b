-- pcall with and without an error.
local n = 0
local function risky(i) if i % 4 == 0 then error({code = i}) end return i end
for i = 1, 200000 do
  local ok, v = pcall(risky, i)
  n = n + (ok and v or v.code)
end
assert(n == 200000 * 200001 / 2)
