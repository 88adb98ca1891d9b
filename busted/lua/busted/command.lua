-- What bin/mtev-busted runs. Makes `print` go the way of io.write (so that
-- what tests and handlers print keeps its order) and `require` complain as in
-- LuaJIT, then decides which command line it is. Specification: busted.md §1, §2.

local choose, tostring = select, tostring

--- print as the manual has it, through the buffer of io.stdout.
local function print(...)
  local texts = {}
  for i = 1, choose('#', ...) do
    local text = tostring((choose(i, ...)))
    if type(text) ~= 'string' then error("'tostring' must return a string to 'print'", 2) end
    texts[i] = text
  end
  io.stdout:write(table.concat(texts, '\t'), '\n')
end

return function()
  local name, words = arg[1], {}
  for i = 2, #arg do words[i - 1] = arg[i] end
  _G.arg = { [0] = name, unpack(words) }
  _G.print = print
  local is_worker = words[1] == '--worker'
  if is_worker then table.remove(words, 1) end
  local libmtev = require 'busted.libmtev'
  if libmtev.is_meant(words) then return libmtev.run(words) end
  -- The last loader is luamtev's, for which every name is a path.
  table.remove(package.loaders)
  require 'busted.runner'({ name = name, words = words, worker = is_worker })
end
