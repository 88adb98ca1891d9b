-- Where something happened in the user's code: the place of a registration
-- or of an error, with a traceback that ends where the harness begins.
--
-- Frames of the harness are told by the folder of its files; the innermost
-- other one is host.place's (busted/host.ts). Specification: busted.md §3.3
-- (trace table), §3.7 (messages).

local host = require 'busted.host'
local pretty = require 'busted.pretty'

local traces = {}

--- The whole traceback from `level` on, without the harness's own frames and
--- what is below them.
function traces.full(level)
  local lines, pending = {}, {}
  for line in debug.traceback('', level + 1):gmatch('\n\t([^\n]*)') do
    if line:find(host.folder, 1, true) then
      pending = {}
    else
      pending[#pending + 1] = line
      if not line:find('^%[C%]') then
        for _, held in ipairs(pending) do lines[#lines + 1] = held end
        pending = {}
      end
    end
  end
  while lines[1] and (lines[1]:find('^%[C%]: in function %?') or lines[1] == "[C]: in function 'error'") do
    table.remove(lines, 1)
  end
  return table.concat(lines, '\n')
end

local noted_mt = {}

function noted_mt.__index(trace, key)
  setmetatable(trace, nil)
  host.work_place_out(trace)
  if trace.short_src == nil then trace.traceback = '' end
  return trace[key]
end

--- Makes what host.note_place gave a trace. All but what is set by then is
--- worked out when something is first looked up in it.
function traces.noted(place) return setmetatable(place, noted_mt) end

--- The text of any error value.
function traces.text(value)
  if type(value) == 'string' then return value end
  if value == nil then return 'Nil error' end
  local mt = getmetatable(value)
  if type(mt) == 'table' and rawget(mt, '__tostring') then
    local ok, text = pcall(tostring, value)
    return ok and text or 'error object whose __tostring failed: ' .. tostring(text)
  end
  return pretty(value)
end

--- The text of an error value, with the position in front unless it has one.
function traces.message(value, trace)
  local text = traces.text(value)
  if trace.short_src and not text:match('^[^\n]-:%d+: ') then
    return ('%s:%d: %s'):format(trace.short_src, trace.currentline, text)
  end
  return text
end

return traces
