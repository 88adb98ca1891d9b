-- Eight queens by backtracking.
local function solve(n)
  local cols, up, down, count = {}, {}, {}, 0
  local function place(row)
    if row > n then count = count + 1 return end
    for c = 1, n do
      if not cols[c] and not up[row + c] and not down[row - c + n] then
        cols[c], up[row + c], down[row - c + n] = true, true, true
        place(row + 1)
        cols[c], up[row + c], down[row - c + n] = false, false, false
      end
    end
  end
  place(1)
  return count
end
assert(solve(8) == 92)
for i = 1, 4 do assert(solve(9) == 352) end
