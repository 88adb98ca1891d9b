-- Loads the output handler and lets it subscribe. Specification: busted.md
-- §5.6, §1.9 (one that cannot be loaded).

local host = require 'busted.host'

--- Whether a handler is one of ours that looks up fields of traces by name.
local function knows_traces(name)
  return name ~= 'json' and host.kind(('%sbusted/outputHandlers/%s.lua'):format(host.folder, name)) == 'file'
end

local function load_handler(name)
  if name:match('%.lua$') then return dofile(name) end
  if name:match('%.moon$') then return require('moonscript').dofile(name) end
  local own = 'busted.outputHandlers.' .. name
  local ok, handler = pcall(require, own)
  if ok then return handler end
  local missing = tostring(handler)
  if not (missing:find(own, 1, true) and missing:find('not found', 1, true)) then error(handler, 0) end
  return require(name)
end

--- Returns load(busted, name, options).
return function()
  return function(busted, name, options)
    local ok, handler = pcall(load_handler, name)
    if not ok then
      busted.publish({ 'error', 'output' }, { descriptor = 'output', name = name }, nil, tostring(handler), {})
      handler = load_handler(options.defaultOutput)
    else
      busted.notes_places = knows_traces(name)
    end
    if options.enableSound then require 'busted.outputHandlers.sound'(options) end
    local instance = handler(options)
    instance:subscribe(options)
    return instance
  end
end
