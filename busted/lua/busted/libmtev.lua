-- The command line of libmtev's own test runner: one dash, a word, the next
-- word as value; stops at the first problem, reports as gtest and JUnit.
-- Specification: busted.md §2.

local host = require 'busted.host'

local USAGE = [[
Usage: mtev-busted [options]
  -X K[=V]         set TEST_OPTIONS[K]
  -h               show this help
  -i FILE          load a helper file
  -file PATH       the test file or directory to run
  -tag TAG         run tests with this tag
  -exclude-tag TAG do not run tests with this tag
  -filter P        run tests whose names match the Lua pattern
  -filter-out P    do not run tests whose names match the Lua pattern
  -list            list the tests
  -bail            stop at the first problem (the default)
  -l NAME          enable a log stream
  -L NAME          disable a log stream
  -dontskip        go on after a problem
]]

local function set_test_option(_, value)
  local key, text = value:match('^([^=]*)=(.*)$')
  TEST_OPTIONS[key or value] = key and text or true
end

local function append(key)
  return function(options, value) table.insert(options[key], value) end
end

local function assign(key)
  return function(options, value) options[key] = value end
end

-- What takes a value, by name; the others are flags.
local with_value = {
  X = set_test_option,
  i = append('helpers'),
  file = assign('file'),
  tag = append('tags'),
  ['exclude-tag'] = append('excluded'),
  filter = assign('filter'),
  ['filter-out'] = assign('filter_out'),
  l = function(_, name) mtev.enable_log(name, true) end,
  L = function(_, name) mtev.enable_log(name, false) end,
}
local flags = { list = true, bail = true, dontskip = true }

local function leave(status)
  io.stdout:flush()
  os.exit(status, true)
end

local function usage(problem)
  if problem then mtev.log('error', '%s\n', problem) end
  mtev.log('error', '%s', USAGE)
  leave(2)
end

local function parse(words)
  local options = { file = '.', helpers = {}, tags = {}, excluded = {} }
  local i = 1
  while i <= #words do
    local name = words[i]:match('^%-(.+)$')
    if words[i] == '--libmtev' then
      name = 'bail'
    elseif name == 'h' then
      usage()
    end
    if name and with_value[name] then
      i = i + 1
      if words[i] == nil then usage(name .. ' requires argument') end
      with_value[name](options, words[i])
    elseif name and flags[name] then
      options[name] = true
    else
      usage(words[i] .. ': unknown option')
    end
    i = i + 1
  end
  return options
end

--- Runs the words and ends the process: 0, or 2 when something failed.
local function run(words)
  _G.TEST_OPTIONS = {}
  local options = parse(words)
  local busted = require 'busted.core'()
  require 'busted'(busted)
  require 'busted.libmtev_globals'
  require 'busted.libmtev_http'
  require 'busted.libmtev_child'
  if os.getenv('LUA_PATH') then package.path = package.path .. ';' .. os.getenv('LUA_PATH') end

  local problems = 0
  local function count()
    problems = problems + 1
    return nil, true
  end
  busted.subscribe({ 'error' }, count)
  busted.subscribe({ 'failure' }, count)

  local load_handler = require 'busted.modules.output_handler_loader'()
  local function add_handler(name, arguments)
    load_handler(busted, name, { defaultOutput = name, verbose = true, language = 'en', arguments = arguments })
  end
  add_handler('junit', { os.getenv('JUNIT_OUTPUT_FILE') or 'test_detail.xml' })
  add_handler('gtest', {})

  local load_helper = require 'busted.modules.helper_loader'()
  local helpers = {}
  if host.kind('lua-support/init.lua') == 'file' then helpers[1] = 'lua-support/init.lua' end
  for _, helper in ipairs(options.helpers) do helpers[#helpers + 1] = helper end
  for _, helper in ipairs(helpers) do
    local ok, problem = load_helper(busted, helper, { verbose = true, language = 'en', arguments = {} })
    if not ok then
      mtev.log('error', '%s\n', problem)
      leave(2)
    end
  end
  busted.register('setup', 'lazy_setup')
  busted.register('teardown', 'lazy_teardown')
  require 'busted.modules.filter_loader'()(busted, {
    tags = options.tags,
    excludeTags = options.excluded,
    filter = options.filter,
    filterOut = options.filter_out,
    list = options.list,
    nokeepgoing = not options.dontskip,
  })
  local load_files = require 'busted.modules.test_file_loader'(busted, { 'lua', 'moonscript' })
  load_files({ options.file }, { '_spec' }, { excludes = {}, verbose = true, recursive = true })
  require 'busted.execute'(busted)(1, { sort = true })
  busted.tell { 'exit' }
  io.stdout:flush()
  mtev.log('test', 'MAIN testsuite finished\n')
  mtev.log('test', 'Jobs complete, failures: %d\n', problems)
  leave((problems > 0 or busted.broken) and 2 or 0)
end

local firsts = {
  ['-file'] = true, ['-tag'] = true, ['-exclude-tag'] = true, ['-bail'] = true, ['-dontskip'] = true,
  ['-X'] = true, ['-i'] = true, ['-L'] = true,
}

return {
  --- Whether words are for this command line.
  is_meant = function(words)
    if firsts[words[1]] then return true end
    for _, word in ipairs(words) do
      if word == '--' then return false end
      if word == '--libmtev' then return true end
    end
    return false
  end,
  run = run,
}
