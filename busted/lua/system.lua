-- system: clocks and sleeping. Specification: busted.md §8.5.

local host = require 'busted.host'

return {
  gettime = host.gettime,
  monotime = host.monotime,
  --- Waits; other coroutines go on meanwhile.
  sleep = function(seconds) mtev.sleep(seconds) end,
}
