-- say: texts by key and namespace, with a fallback namespace.
--
-- Not a translator: whoever shows text asks for a key and gets nil when
-- nobody has set it. Specification: busted.md §8.1.

local registry = {}
local current, fallback = 'en', 'en'

local say = { _COPYRIGHT = 'luamtev for Deno', _VERSION = 'Say 1.3', _registry = registry }

local function namespace(name)
  local texts = registry[name]
  if texts == nil then
    texts = {}
    registry[name] = texts
  end
  return texts
end

--- Makes `name` the namespace that is read first and written.
function say:set_namespace(name)
  current = name
  namespace(name)
end

--- Makes `name` the namespace that is read when the current one has no text.
function say:set_fallback(name)
  fallback = name
  namespace(name)
end

--- Sets a text of the current namespace.
function say:set(key, text)
  namespace(current)[key] = text
end

local say_mt = {}

function say_mt.__index(_, name)
  return registry[name]
end

--- say(key [, vars]): the text, with `vars` put in for its placeholders.
function say_mt.__call(_, key, vars)
  if vars ~= nil and type(vars) ~= 'table' then
    error(("expected parameter table to be a table, got '%s'"):format(type(vars)), 2)
  end
  local text = namespace(current)[key] or namespace(fallback)[key]
  if text == nil or vars == nil then return text end
  local strings, n = {}, vars.n or #vars
  for i = 1, n do strings[i] = tostring(vars[i]) end
  return text:format(unpack(strings, 1, n))
end

say:set_namespace('en')

return setmetatable(say, say_mt)
