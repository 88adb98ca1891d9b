-- Coverage of a run: counts lines from `start` on, and reports at the end.
-- The configuration is a file of LuaCov's, of which `include` and `exclude`
-- count. Meaning: docs/guide/busted.md; the counting is the engine's.

local host = require 'busted.host'

local coverage = {}
local configuration = {}

local function read_configuration(path)
  local chunk, problem = loadfile(path)
  if not chunk then return nil, problem end
  local globals = setmetatable({}, { __index = _G })
  local ok, result = pcall(setfenv(chunk, globals))
  if not ok then return nil, require 'busted.traces'.text(result) end
  return type(result) == 'table' and result or globals
end

--- Starts to count. Returns true, or nil and what is wrong.
--- @param path string? the configuration; `.luacov` if there is one
function coverage.start(path)
  if not path and host.kind('.luacov') == 'file' then path = '.luacov' end
  if path then
    local read, problem = read_configuration(path)
    if not read then return nil, problem end
    configuration = read
  end
  return host.count_lines()
end

local function matches(path, patterns)
  for _, pattern in ipairs(patterns or {}) do
    if path:find(pattern) then return true end
  end
  return false
end

--- Whether a file belongs in the report: one of this folder that is no spec,
--- unless the configuration says otherwise.
local function wanted(path, specs)
  local include, exclude = configuration.include, configuration.exclude
  local name = path:gsub('%.lua$', '')
  if matches(name, exclude) then return false end
  if include and #include > 0 then return matches(name, include) end
  return path:sub(1, 1) ~= '/' and not specs[path:gsub('^%./', '')]
end

--- Takes note of the files that are specs, for `report`.
function coverage.note_specs(busted)
  local specs = {}
  busted.subscribe({ 'file', 'start' }, function(file)
    specs[file.name:gsub('/%./', '/'):gsub('^%./', '')] = true
    return nil, true
  end)
  return specs
end

--- Writes the reports. Returns the table for people, or nil and what is wrong.
--- @param specs table<string, boolean> what `note_specs` returned
--- @param directory string where lcov.info and index.html go
--- @param counts string[] what `line_counts` of busted.host gave, here and in other processes
function coverage.report(specs, directory, counts)
  return host.coverage_report(counts, function(path) return wanted(path, specs) end, directory)
end

return coverage
