-- Coloured signs, for terminals. Format: busted.md §6.2.

return function(options)
  local style = require('busted.outputHandlers.styles').choose('utfTerminal', options)
  return require 'busted.outputHandlers.terminal'(options, {
    success = style.green('\226\151\143'),
    failure = style.red('\226\151\188'),
    error = style.magenta('\226\156\177'),
    pending = style.yellow('\226\151\140'),
    arrow = '\226\134\146',
    style = style,
  })
end
