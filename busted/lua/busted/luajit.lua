-- Lets files be insulated from each other although what they declare to
-- LuaJIT's C interface stays: a declaration, a type, a metatype or a library
-- that another file has had already is not declared again.
-- Specification: busted.md §1.3 (14).

--- Makes a function give its first result for an argument again.
local function remember(library, name)
  local original = library[name]
  local results = {}
  library[name] = function(first, ...)
    if first == nil or select('#', ...) > 1 then return original(first, ...) end
    local known = results[first]
    if known == nil then
      known = { original(first, ...) }
      results[first] = known
    end
    return known[1]
  end
end

return function()
  -- Found by what it has: chunks that are compiled after one that mentions the
  -- library's name compare with more care, which takes time.
  for _, library in pairs(package.loaded) do
    if type(library) == 'table' and rawget(library, 'cdef') and rawget(library, 'metatype') then
      for _, name in ipairs { 'cdef', 'typeof', 'metatype', 'load' } do remember(library, name) end
      return
    end
  end
end
