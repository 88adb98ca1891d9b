-- What became of a test: success, pending, failure or error. Combining two
-- outcomes keeps the one that matters more. Specification: busted.md §3.5.

local words = {
  success = 'success', pending = 'pending', failure = 'failure', error = 'error',
  ['true'] = 'success', ['false'] = 'failure', ['nil'] = 'error',
}

local status_mt = { __tostring = function(self) return self.value end }
status_mt.__index = status_mt

--- The word for a status, a word, a boolean or nil.
local function word(value)
  if getmetatable(value) == status_mt then return value.value end
  return words[tostring(value)] or 'error'
end

function status_mt:success() return self.value == 'success' end
function status_mt:pending() return self.value == 'pending' end
function status_mt:failure() return self.value == 'failure' end
function status_mt:error() return self.value == 'error' end
function status_mt:get() return self.value end

--- Replaces the status.
function status_mt:set(status)
  self.value = word(status)
end

--- Takes another outcome into account: failure and error stick, pending gives
--- way to them, success to anything.
function status_mt:update(status)
  local new = word(status)
  local old = self.value
  if old == 'success' or (old == 'pending' and new ~= 'success') then self.value = new end
end

--- Creates a status from a status, a word, a boolean or nil.
return function(initial)
  return setmetatable({ value = word(initial) }, status_mt)
end
