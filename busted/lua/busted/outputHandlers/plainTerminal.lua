-- Characters without colour, for everything that is no terminal. Format:
-- busted.md §6.1.

local style = setmetatable({}, {
  __index = function() return tostring end,
})

return function(options)
  return require 'busted.outputHandlers.terminal'(options, {
    success = '+', failure = '-', error = '*', pending = '.', arrow = '->', style = style,
  })
end
