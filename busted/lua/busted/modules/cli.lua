-- The options of the command line, busted's first. Specification: busted.md
-- §1.1, §1.2; the meaning of ours: docs/guide/busted.md.

local new_parser = require('cliargs').new
local utils = require 'busted.utils'

--- Creates the parser. `options.standalone`: no ROOT words and patterns;
--- `options.output`: the default handler.
return function(options)
  options = options or {}
  local parser = new_parser()
  local lists = {}

  local function number(name)
    return function(_, value)
      local n = tonumber(value)
      if not n then return nil, ('argument to --%s must be a number'):format(name) end
      return { n }
    end
  end

  --- A list of which each occurrence is split at commas.
  local function csv(key, text, default)
    parser:option(key, text, default or {})
    lists[key:match('%-%-([%w%-]+)') or key:match('^%-(%w+)')] = true
  end

  --- An option whose values are joined.
  local function joined(key, text, default, separator)
    local value
    parser:option(key, text, default, function(_, new)
      if new == '' then value = '' else value = value and value ~= '' and value .. separator .. new or new end
      return { value }
    end)
  end

  --- A flag that sets others.
  local pairs_of_flags = {}
  local function umbrella(key, text, ...)
    local targets = { ... }
    parser:flag(key, text, nil, function(_, value)
      for _, target in ipairs(targets) do pairs_of_flags[#pairs_of_flags + 1] = { target, value } end
      return true
    end)
  end

  if not options.standalone then
    parser:splat('ROOT', 'test script file/directory. Folders will be traversed for any file that matches the --pattern option.', { 'spec' }, 999)
    parser:flag('--version', 'prints the program version and exits', false)
    parser:option('-p, --pattern=PATTERN', 'only run test files matching the Lua pattern', { '_spec' })
    parser:option('--exclude-pattern=PATTERN', 'do not run test files matching the Lua pattern, takes precedence over --pattern', {})
  else
    parser:flag('--version', 'prints the program version and exits', false)
  end
  parser:option('-e STATEMENT', 'execute statement STATEMENT', {})
  parser:option('-o, --output=LIBRARY', 'output library to load', options.output)
  do
    local directory
    parser:option('-C, --directory=DIR', 'change to directory DIR before running tests. If multiple options are specified, each is interpreted relative to the previous one.', './', function(_, value)
      directory = directory and value:sub(1, 1) ~= '/' and directory .. '/' .. value or value
      return { directory }
    end)
  end
  parser:option('-f, --config-file=FILE', 'load configuration options from FILE')
  parser:option('--coverage-config-file=FILE', 'load luacov configuration options from FILE')
  csv('-t, --tags=TAGS', 'only run tests with these #tags')
  csv('--exclude-tags=TAGS', 'do not run tests with these #tags, takes precedence over --tags')
  parser:option('--filter=PATTERN', 'only run test names matching the Lua pattern', {})
  parser:option('--name=NAME', 'run test with the given full name', {})
  parser:option('--filter-out=PATTERN', 'do not run test names matching the Lua pattern, takes precedence over --filter', {})
  parser:option('--exclude-names-file=FILE', 'do not run the tests with names listed in the given file, takes precedence over --filter')
  parser:option('--log-success=FILE', 'append the name of each successful test to the given file')
  joined('-m, --lpath=PATH', 'optional path to be prefixed to the Lua module search path', './src/?.lua;./src/?/?.lua;./src/?/init.lua', ';')
  joined('--cpath=PATH', 'optional path to be prefixed to the Lua C module search path', './csrc/?.so;./csrc/?/?.so;', ';')
  parser:option('-r, --run=RUN', 'config to run from .busted file')
  parser:option('--repeat=COUNT', 'run the tests repeatedly', 1, number('repeat'))
  parser:option('--seed=SEED', 'random seed value to use for shuffling test order', nil, number('seed'))
  parser:option('--lang=LANG', 'language for error messages', 'en')
  csv('--loaders=NAME', 'test file loaders', { 'lua', 'moonscript' })
  parser:option('--helper=PATH', 'A helper script that is run before tests')
  parser:option('--lua=LUA', 'The path to the lua interpreter busted should run under')
  csv('-Xoutput OPTION', 'pass `OPTION` as an option to the output handler. If `OPTION` contains commas, it is split into multiple options at the commas.')
  csv('-Xhelper OPTION', 'pass `OPTION` as an option to the helper script. If `OPTION` contains commas, it is split into multiple options at the commas.')
  parser:flag('-c, --[no-]coverage', 'count which lines run, and report it', false)
  parser:flag('-v, --[no-]verbose', 'verbose output of errors', false)
  parser:flag('-s, --[no-]enable-sound', 'executes `say` command if available', false)
  parser:flag('-l, --list', 'list the names of all tests instead of running them', false)
  parser:flag('--ignore-lua', 'Whether or not to ignore the lua directive', false)
  parser:flag('--[no-]lazy', 'use lazy setup/teardown as the default', false)
  parser:flag('--[no-]auto-insulate', 'enable file insulation', true)
  parser:flag('-k, --[no-]keep-going', 'continue as much as possible after an error or failure', true)
  parser:flag('-R, --[no-]recursive', 'recurse into subdirectories', true)
  umbrella('--[no-]shuffle', 'randomize file and test order, takes precedence over --sort (--shuffle-test and --shuffle-files)', 'shuffle-files', 'shuffle-tests')
  parser:flag('--[no-]shuffle-files', 'randomize file execution order, takes precedence over --sort-files')
  parser:flag('--[no-]shuffle-tests', 'randomize test order within a file, takes precedence over --sort-tests')
  umbrella('--[no-]sort', 'sort file and test order (--sort-tests and --sort-files)', 'sort-files', 'sort-tests')
  parser:flag('--[no-]sort-files', 'sort file execution order')
  parser:flag('--[no-]sort-tests', 'sort test order within a file')
  parser:flag('--[no-]suppress-pending', 'suppress `pending` test output', false)
  parser:flag('--[no-]defer-print', 'defer print to when test suite is complete', false)
  parser:heading('MTEV-BUSTED OPTIONS: ')
  parser:option('--timeout=SECONDS', 'how long a test or hook may take; 0 is for ever', 300, number('timeout'))
  parser:option('--retry=COUNT', 'try a test that fails up to COUNT times again; one that passes then is reported as flaky', 0, number('retry'))
  parser:flag('--[no-]capture', 'show what tests print only when they fail', false)
  parser:option('--diff=KIND', 'what a comparison that fails shows: both values (busted) or what differs (structural)', 'busted')
  parser:flag('--[no-]leaks', 'name the tests that leave globals, coroutines or descriptors behind', false)
  parser:option('--coverage-dir=DIR', 'where --coverage writes lcov.info and index.html', 'coverage')
  parser:flag('--[no-]restore-mocks', 'revert the spies, stubs and mocks of each test after it', false)
  if not options.standalone then
    parser:option('-j, --jobs=COUNT', 'run the files in COUNT processes', 1, number('jobs'))
    parser:flag('--[no-]watch', 'run again whenever a Lua file has changed', false)
    parser:option('--shard=I/N', 'run the I-th of N parts of the files')
    parser:flag('--[no-]last-failed', 'run the tests that failed in the last run, or all if none did', false)
  end

  local cli = { overrides = {} }

  function cli:set_name(name)
    parser:set_name(name)
    return self
  end

  function cli:set_silent(on)
    parser:set_silent(on)
    return self
  end

  --- Parses the words. Returns the options, whose field `overrides` has those
  --- that were given; or nil, a message, and `help` when that is the message.
  function cli:parse(words)
    local separated = {}
    for i, word in ipairs(words) do separated[i] = word:gsub('^%-j(%d+)$', '--jobs=%1') end
    local results, problem, kind = parser:parse(separated)
    if not results then return nil, problem, kind end
    local overrides = results.overrides
    for _, flag in ipairs(pairs_of_flags) do
      results[flag[1]], overrides[flag[1]] = flag[2], flag[2]
    end
    for name in pairs(lists) do
      if overrides[name] then
        local list = {}
        for _, value in ipairs(overrides[name]) do
          for _, part in ipairs(utils.split(value, ',')) do list[#list + 1] = part end
        end
        results[name], overrides[name] = list, list
        if name == 'tags' then results.t, overrides.t = list, list end
      end
    end
    if overrides.ROOT then
      local roots = {}
      for _, word in ipairs(overrides.ROOT) do
        for _, part in ipairs(utils.split(word, ',')) do roots[#roots + 1] = part end
      end
      results.ROOT, overrides.ROOT = roots, roots
    end
    return results
  end

  return cli
end
