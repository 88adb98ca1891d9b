-- The last step in building a state: globals that need the finished API.
-- Specification: mtev-lua-api.md §2.8, §20.1. Called with the mtev table.
local mtev = ...

coroutine._resume = coroutine.resume
coroutine.resume = mtev.extras.mtev_coros_resume

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
