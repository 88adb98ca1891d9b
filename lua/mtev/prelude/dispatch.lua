-- The body of the first coroutine: loads the module, finds the entry function
-- and becomes it. Specification: mtev-lua-api.md §16.2 (7).
-- Called with the names of both, with functions that report what is missing, and
-- with modules to load first, with what reports those that fail, and with what
-- calls the hook that comes then.
local module_name, function_name, not_loaded, no_module, no_function,
  preloads, not_preloaded, started = ...

for _, name in ipairs(preloads) do
  local loaded, problem = pcall(require, name)
  if not loaded then not_preloaded(name, problem) end
end
started()

local loaded, result = pcall(require, module_name)
if not loaded then return not_loaded(result) end

-- The module table is looked up through the globals, split at every dot.
local module = _G
for part in (module_name .. "."):gmatch("([^.]*)%.") do
  module = type(module) == "table" and rawget(module, part) or nil
end
if type(module) ~= "table" then
  -- Extension: a module may also return a table with the entry function.
  if type(result) ~= "table" then return no_module() end
  module = result
end

local entry = module[function_name]
if type(entry) ~= "function" then return no_function() end
return entry()
