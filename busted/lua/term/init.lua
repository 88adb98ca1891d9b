-- term: whether a file is a terminal, and colours. Specification: busted.md
-- §8.5.

local host = require 'busted.host'

local codes = {
  reset = 0, clear = 0, default = 39, bright = 1, dim = 2, underscore = 4, blink = 5, reverse = 7, hidden = 8,
  black = 30, red = 31, green = 32, yellow = 33, blue = 34, magenta = 35, cyan = 36, white = 37,
  onblack = 40, onred = 41, ongreen = 42, onyellow = 43, onblue = 44, onmagenta = 45, oncyan = 46, onwhite = 47,
}

local colors = {}
for name, code in pairs(codes) do
  local start = ('\27[%dm'):format(code)
  colors[name] = setmetatable({}, {
    __call = function(_, text) return start .. tostring(text) .. '\27[0m' end,
    __tostring = function() return start end,
    __concat = function(a, b) return tostring(a) .. tostring(b) end,
  })
end

local descriptors = { [io.stdin] = 0, [io.stdout] = 1, [io.stderr] = 2 }

return {
  colors = colors,
  --- Whether a standard file is a terminal.
  isatty = function(file)
    local descriptor = descriptors[file]
    return descriptor ~= nil and host.isatty(descriptor)
  end,
}
