-- The last step in building a state: globals that need the finished API.
-- Specification: mtev-lua-api.md §2.8, §20.1. Called with the mtev table.
local mtev = ...

coroutine._resume = coroutine.resume

-- Results end at the first nil after the status, as they do in the reference.
local function up_to_nil(results)
  local last = 1
  while results[last + 1] ~= nil do last = last + 1 end
  return unpack(results, 1, last)
end

coroutine.resume = function(co, ...)
  local results = { coroutine._resume(co, ...) }
  if coroutine.status(co) == "dead" then mtev.cancel_coro(co) end
  return up_to_nil(results)
end

--- @lua errorf(format, ...)
--- Raises an error with a formatted message.
--- @param format string: as in `string.format`
--- @param ... any: the values to format
--- @error always
--- @suspends no
--- @example errorf("no such user: %s", name)
--- @source mtev-lua-api.md §20.1
--- @compat same
function errorf(...) error(string.format(...)) end

--- @lua printf(format, ...)
--- Prints a formatted line.
--- @param format string: as in `string.format`
--- @param ... any: the values to format
--- @suspends no
--- @example printf("%d%%", 100)
--- @source mtev-lua-api.md §20.1
--- @compat same
function printf(...) print(string.format(...)) end
