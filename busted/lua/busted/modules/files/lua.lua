-- The loader of test files in Lua. Specification: busted.md §1.4.

local loader = {}

--- Whether this loader takes the file.
function loader.match(_, name) return name:match('%.lua$') ~= nil end

--- Compiles the file; a syntax error is published.
function loader.load(busted, name)
  local body, problem = loadfile(name)
  if not body then
    busted.publish({ 'error', 'file' }, { descriptor = 'file', name = name }, nil, problem, {})
  end
  return body
end

return loader
