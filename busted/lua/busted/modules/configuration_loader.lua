-- Merges the options of a .busted file with those of the command line.
-- Specification: busted.md §1.8.

--- Returns load(config, options, defaults) -> options | nil, message. `config`
--- is what the file returned (nil if there is none), `options` what the
--- command line gave.
return function()
  return function(config, options, defaults)
    local merged = {}
    local function merge(values)
      for key, value in pairs(values or {}) do merged[key] = value end
    end
    merge(defaults)
    if config ~= nil then
      if type(config) ~= 'table' then return nil, '.busted file does not return a table.' end
      merge(config._all)
      local run = options and options.run or merged.run
      if run and run ~= '' then
        local task = config[run]
        if type(task) ~= 'table' then return nil, ('Task `%s` not found, or not a table.'):format(run) end
        merge(task)
      elseif type(config.default) == 'table' then
        merge(config.default)
      end
    end
    merge(options)
    return merged
  end
end
