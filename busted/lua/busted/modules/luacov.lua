-- Starts coverage under the name that busted gives it; LuaCov itself is not
-- needed. Specification: busted.md §9.2.

--- Returns start(config_file) -> true | nil, message.
return function()
  return require 'busted.coverage'.start
end
