-- The program: what `busted` does with its words, from reading them to the
-- exit status; also of a spec that is run by itself. Specification: busted.md
-- §1.3 (order of start-up), §1.9 (exit status), §5.7 (standalone).

local host = require 'busted.host'

require 'busted.languages.en'

local running = false

local function complain(text)
  io.stdout:flush()
  io.stderr:write(text, '\n')
end

local function leave(status)
  io.stdout:flush()
  os.exit(status, true)
end

local function fail(text, status)
  complain(text)
  leave(status or 1)
end

--- A value of a config file as a list.
local function as_list(value, splits)
  if value == nil then return {} end
  if type(value) ~= 'table' then value = { value } end
  if not splits then return value end
  local list = {}
  for _, item in ipairs(value) do
    for part in (tostring(item) .. ','):gmatch('([^,]*),') do list[#list + 1] = part end
  end
  return list
end

--- Reads the config file. Returns what it returned, or nil without one.
local function read_config(options)
  local path = options['config-file']
  local given = path ~= nil
  if not given then
    local folder = options.directory or './'
    path = (folder == './' or folder == '.') and '.busted' or folder:gsub('/*$', '/') .. '.busted'
  end
  if host.kind(path) ~= 'file' then
    if given then fail(("specified config file '%s' not found"):format(path)) end
    return nil
  end
  local chunk, problem = loadfile(path)
  if not chunk then fail(('failed loading config file `%s`: %s'):format(path, problem)) end
  local ok, config = pcall(chunk)
  if not ok then fail(('busted: error: %s'):format(require 'busted.traces'.text(config))) end
  if type(config) ~= 'table' then fail('busted: error: .busted file does not return a table.') end
  return config
end

--- The options from the words and the config file.
local function read_options(name, words, defaults)
  local cli = require 'busted.modules.cli'(defaults)
  cli:set_name(name)
  local given, problem, kind = cli:parse(words)
  if kind == 'help' then
    io.stdout:write(problem)
    leave(0)
  elseif not given then
    fail(('%s: error: %s; re-run with --help for usage.'):format(name, problem))
  end
  local load = require 'busted.modules.configuration_loader'()
  local config = read_config(given)
  local options, wrong = load(config, given.overrides, given)
  if not options then fail(('busted: error: %s'):format(wrong)) end
  return options
end

local function check_tags(tags, excluded)
  for _, tag in ipairs(excluded) do
    for _, other in ipairs(tags) do
      if tag == other then fail('busted: error: Cannot use --tags and --exclude-tags for the same tags') end
    end
  end
end

local function extend_paths(options)
  local function prefix(field, added)
    if added and #added > 0 then
      package[field] = ((added .. ';' .. package[field]):gsub(';;+', ';'))
    end
  end
  prefix('path', options.lpath)
  prefix('cpath', options.cpath)
end

local function quote(word) return "'" .. word:gsub("'", "'\\''") .. "'" end

--- Runs the same words under another interpreter.
local function run_under(interpreter, name, words)
  local command = { interpreter, quote(name), '--ignore-lua' }
  for _, word in ipairs(words) do command[#command + 1] = quote(word) end
  local _, _, status = require('busted.compatibility').execute(table.concat(command, ' '))
  leave(status)
end

local function count_problems(busted)
  local counts = { failures = 0, errors = 0 }
  busted.subscribe({ 'error', 'output' }, function(element, _, message)
    complain(('busted: error: Cannot load output library: %s\n%s'):format(element.name, message))
    return nil, true
  end)
  busted.subscribe({ 'error' }, function()
    counts.errors = counts.errors + 1
    return nil, true
  end)
  busted.subscribe({ 'failure' }, function()
    counts.failures = counts.failures + 1
    return nil, true
  end)
  return counts
end

local function log_successes(busted, path)
  local file, problem = io.open(path, 'a')
  if not file then fail(('busted: error: %s'):format(problem)) end
  busted.subscribe({ 'test', 'end' }, function(element, parent, status)
    if status == 'success' then
      file:write(busted.full_name(element.name or element.descriptor, parent), '\n')
      file:flush()
    end
    return nil, true
  end)
end

--- Whether a suite has so many files.
local function has_files(busted, options, roots, count)
  local _, _, find = require 'busted.modules.test_file_loader'(busted, {})
  local excludes = as_list(options['exclude-pattern'])
  local search = { excludes = excludes, recursive = options.recursive, quiet = true }
  return #find(roots, as_list(options.pattern), search) >= count
end

--- Runs the files that the parent of this process orders.
local function run_as_worker(busted, load, coverage)
  require 'busted.worker'.run(busted, function(file)
    load({ file }, { '' }, {})
  end, function()
    return { lines = coverage and host.line_counts() or nil }
  end)
end

--- Runs a whole command line and ends the process.
local function run(name, words, settings, caller)
  local options = read_options(name, words, settings)
  local is_worker = settings.worker
  local folder = host.cwd()
  if options.lua and options.lua ~= '' and not options['ignore-lua'] and not is_worker then
    run_under(options.lua, arg and arg[0] or name, words)
  end
  if options.version then
    io.stdout:write(require 'busted.core'().version, '\n')
    leave(0)
  end
  local tags, excluded = as_list(options.tags, true), as_list(options['exclude-tags'], true)
  check_tags(tags, excluded)
  if options.directory and options.directory ~= './' then
    local ok, reason = host.chdir(options.directory)
    if not ok then fail(('busted: error: %s'):format(reason)) end
  end
  local coverage = options.coverage and require 'busted.coverage'
  if coverage then
    local ok, problem = coverage.start(options['coverage-config-file'])
    if not ok then fail(('%s: error: %s'):format(name, problem)) end
  end

  local busted = require 'busted.core'()
  require 'busted'(busted)
  local timeout = tonumber(options.timeout)
  busted.timeout = timeout and timeout > 0 and timeout or nil
  busted.retry = tonumber(options.retry) or 0
  busted.restore_mocks = options['restore-mocks']
  if options.diff ~= 'busted' and options.diff ~= 'structural' then
    fail(('%s: error: --diff=%s: want busted or structural; re-run with --help for usage.'):format(name, options.diff))
  end
  if options.leaks then busted.leaks = require 'busted.leaks' end
  if options.capture then busted.capture = require 'busted.capture' end
  if not options['auto-insulate'] then busted.register('file', {}) end
  if options.lazy then
    busted.register('setup', 'lazy_setup')
    busted.register('teardown', 'lazy_teardown')
  end
  extend_paths(options)
  local selection = require 'busted.selection'
  local roots, lines = selection.split_lines(as_list(options.ROOT))
  local jobs = math.floor(tonumber(options.jobs) or 1)
  -- What specs need is done in the processes that run them.
  local is_parallel = jobs > 1 and not (is_worker or caller or lines or options.list)
    and has_files(busted, options, roots, 2)
  for _, statement in ipairs(is_parallel and {} or as_list(options.e)) do
    local chunk, problem = loadstring(statement)
    local ok = chunk ~= nil
    if ok then ok, problem = pcall(chunk) end
    if not ok then fail(('%s: error: %s'):format(name, require 'busted.traces'.text(problem))) end
  end
  local counts = count_problems(busted)
  local specs = coverage and coverage.note_specs(busted)
  busted.sort = options['sort-tests']
  busted.randomize = options['shuffle-tests']

  local default = settings.output or (host.isatty(1) and 'pretty' or 'plainTerminal')
  -- pretty shows it anyway, and better.
  busted.structural = options.diff == 'structural' and (options.output or default) ~= 'pretty'
  local load_handler = is_worker and function() end or require 'busted.modules.output_handler_loader'()
  local loaded, wrong = pcall(load_handler, busted, options.output or default, {
    defaultOutput = default,
    enableSound = options['enable-sound'],
    verbose = options.verbose,
    suppressPending = options['suppress-pending'],
    language = options.lang,
    deferPrint = options['defer-print'],
    arguments = as_list(options.Xoutput, true),
  })
  if not loaded then
    fail(('%s: error: The output handler failed: %s'):format(name, require 'busted.traces'.text(wrong)))
  end
  require 'busted.luajit'()
  if options.helper and options.helper ~= '' and not is_parallel then
    local ok, problem = require 'busted.modules.helper_loader'()(busted, options.helper, {
      verbose = options.verbose,
      language = options.lang,
      arguments = as_list(options.Xhelper, true),
    })
    if not ok then fail('busted: ' .. problem) end
  end
  if options['log-success'] and options['log-success'] ~= '' and not is_worker then log_successes(busted, options['log-success']) end
  require 'busted.modules.filter_loader'()(busted, {
    tags = tags,
    excludeTags = excluded,
    filter = as_list(options.filter),
    name = as_list(options.name),
    filterOut = as_list(options['filter-out']),
    excludeNamesFile = options['exclude-names-file'],
    list = options.list,
    nokeepgoing = not options['keep-going'],
    suppressPending = options['suppress-pending'],
  })
  if caller then
    require 'busted.modules.standalone_loader'()(busted, caller)
  else
    if lines then selection.by_line(busted, lines) end
    if not options.list then selection.last_failed(busted, options['last-failed'], is_worker) end
    local load = require 'busted.modules.test_file_loader'(busted, as_list(options.loaders, true))
    if is_worker then return run_as_worker(busted, load, coverage) end
    load(roots, as_list(options.pattern), {
      collect = is_parallel and function(file) busted.executors.file(file, function() end) end,
      select = options.shard and function(files)
        local mine, problem = selection.shard(files, options.shard)
        if not mine then fail(('%s: error: %s; re-run with --help for usage.'):format(name, problem)) end
        return mine
      end,
      excludes = as_list(options['exclude-pattern']),
      recursive = options.recursive,
    })
  end
  local line_counts = {}
  require 'busted.execute'(busted)(tonumber(options['repeat']) or 1, {
    execute = is_parallel and function(suite)
      local files = {}
      for i, file in ipairs(busted.context.children(suite)) do files[i] = file.name end
      busted.context.detach_children(suite)
      local run_parallel = require 'busted.parallel'(busted)
      local counted, status =
        run_parallel(files, { jobs = jobs, words = words, folder = folder, seed = busted.randomseed })
      if not counted then leave(status) end
      for _, lines_of_one in ipairs(counted) do line_counts[#line_counts + 1] = lines_of_one end
    end,
    seed = tonumber(options.seed),
    shuffle = options['shuffle-files'],
    sort = options['sort-files'],
  })
  busted.tell { 'exit' }
  if coverage then
    line_counts[#line_counts + 1] = host.line_counts()
    local report, problem = coverage.report(specs, options['coverage-dir'], line_counts)
    if not report then fail(('%s: error: Cannot write the coverage: %s'):format(name, problem)) end
    io.stdout:flush()
    io.stderr:write(report)
  end
  for _, flaky in ipairs(busted.flaky) do complain('flaky: ' .. flaky) end
  if host.interrupted() then leave(130) end
  leave((counts.failures + counts.errors > 0 or busted.broken) and 1 or 0)
end

--- Runs the tests; does nothing when they are running. Called by a spec (to
--- be run by itself) or, with a name and words, by the program.
return function(options)
  if running then return end
  running = true
  options = options or {}
  if options.words then
    return run(options.name, options.words, { output = options.output, worker = options.worker })
  end
  local info = debug.getinfo(2, 'Sf')
  local words, script = {}, info.source:gsub('^@', '')
  for i, word in ipairs(arg or {}) do words[i] = word end
  -- luamtev has the name of the script among the words.
  if words[1] and (words[1] == script or script:sub(-#words[1] - 1) == '/' .. words[1]) then
    table.remove(words, 1)
  end
  run(script:match('[^/]*$'), words, { standalone = true, output = options.output }, info)
end
