-- The loader of test files in MoonScript, for those who have it installed.
-- Specification: busted.md §1.4.

local found, moonscript = pcall(require, 'moonscript')

local loader = {}

function loader.match(_, name) return found and name:match('%.moon$') ~= nil end

--- Compiles the file; a syntax error is published.
function loader.load(busted, name)
  local body, problem = moonscript.loadfile(name)
  if not body then
    busted.publish({ 'error', 'file' }, { descriptor = 'file', name = name }, nil, problem, {})
  end
  return body
end

return loader
