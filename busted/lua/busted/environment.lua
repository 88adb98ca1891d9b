-- The global names that a spec sees: one table for all spec files, which
-- looks names up in the element that is running, then in those around it,
-- then in _G; and writes to the element that is running. Specification:
-- busted.md §4.1.

--- Creates the environment for a context.
return function(context)
  local get, parent_of = context.get, context.parent
  local environment_mt = {}

  function environment_mt.__index(_, key)
    local element = get()
    repeat
      local env = element.env
      if env then
        local value = env[key]
        if value then return value end
      end
      element = parent_of(element)
    until element == nil
    return _G[key]
  end

  --- Where a global that the element writes goes.
  local function target(element)
    local mode = element.attributes and element.attributes.envmode
    if mode == 'unwrap' then return parent_of(element) end
    if mode == 'expose' then
      local parent = parent_of(element)
      return parent and parent_of(parent)
    end
    return element
  end

  function environment_mt.__newindex(_, key, value)
    local element = target(get())
    if element == nil then
      _G[key] = value
      return
    end
    if element.env == nil then element.env = {} end
    element.env[key] = value
  end

  return setmetatable({}, environment_mt)
end
