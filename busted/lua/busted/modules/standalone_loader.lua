-- Makes the chunk that called `require 'busted.runner'()` the one test file.
-- Specification: busted.md §5.7.

--- Returns load(busted, info, options); `info` is that of debug.getinfo.
return function()
  return function(busted, info)
    local name = info.source:gsub('^@', '')
    busted.executors.file(name, setmetatable({ name = name }, { __call = busted.wrap(info.func) }))
  end
end
