-- Starts LuaCov, if the user has it. Specification: busted.md §1.2.

--- Returns start(config_file) -> true | nil, message.
return function()
  return function(config_file)
    local found, runner = pcall(require, 'luacov.runner')
    if not found then
      return nil, 'LuaCov not found on the system, try running without --coverage option, or install LuaCov first'
    end
    runner(config_file)
    local ignored = { 'busted$', 'luassert$', 'say$', 'mediator$', 'cliargs$', 'term$' }
    if runner.configuration and runner.configuration.exclude then
      for _, pattern in ipairs(ignored) do table.insert(runner.configuration.exclude, pattern) end
    end
    return true
  end
end
