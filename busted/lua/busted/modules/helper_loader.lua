-- Runs the script given with --helper. Specification: busted.md §5.5.

local traces = require 'busted.traces'
local utils = require 'busted.utils'

--- Returns load(busted, helper, options) -> true | nil, message.
return function()
  return function(busted, helper, options)
    local old = arg
    local ok, problem = pcall(function()
      local words = {}
      for i, word in ipairs(options.arguments or {}) do words[i] = word end
      _G.arg = utils.copy_interpreter_args(words)
      local result
      if helper:match('%.lua$') then
        result = dofile(helper)
      elseif helper:match('%.moon$') then
        result = require('moonscript').dofile(helper)
      else
        result = require(helper)
      end
      if type(result) == 'function' then
        local done, why = result(busted, helper, options)
        if not done then error(why or 'helper function returned nothing true', 0) end
      end
    end)
    _G.arg = old
    if ok then return true end
    return nil, ('failed running the specified helper (%s), error: %s'):format(helper, traces.text(problem))
  end
end
