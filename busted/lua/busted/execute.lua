-- Runs the suite, perhaps several times. Specification: busted.md §1.7, §3.4.

local utils = require 'busted.utils'

--- Returns execute(runs, { seed =, shuffle =, sort = }); the last two concern
--- the order of files, busted.randomize and busted.sort that of tests. Another
--- option, `execute`, is called with the suite to run its files.
return function(busted)
  local context, block = busted.context, busted.block

  local function run_suite(suite, run, runs, files, options)
    if run > 1 then
      for i = 1, #files do context.detach_children(files[i]) end
      busted.tell({ 'suite', 'reset' }, suite, run, runs)
    end
    local seed = options.seed or utils.urandom() or os.time()
    local order = context.children(suite)
    for i = 1, math.max(#order, #files) do order[i] = files[i] end
    if options.sort then
      utils.sort_by_name(order)
    elseif options.shuffle then
      utils.shuffle(order, seed)
    end
    busted.randomseed = seed
    local shown = busted.randomize and not busted.sort and seed or nil
    if busted.safe_publish('suite', { 'suite', 'start' }, suite, run, runs, shown) then
      local execute = options.execute or block.execute_children
      execute(suite)
    end
    busted.safe_publish('suite', { 'suite', 'end' }, suite, run, runs)
  end

  return function(runs, options)
    local suite = context.get()
    local files = {}
    for i, file in ipairs(context.children(suite)) do files[i] = file end
    for run = 1, runs do
      run_suite(suite, run, runs, files, options or {})
      if busted.skipAll then break end
    end
  end
end
