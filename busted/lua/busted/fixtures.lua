-- Files beside a spec. Specification: busted.md §5.4.

local host = require 'busted.host'

local fixtures = {}

local function normalize(path)
  local parts = {}
  for part in path:gmatch('[^/]+') do
    if part == '..' then
      parts[#parts] = nil
    elseif part ~= '.' then
      parts[#parts + 1] = part
    end
  end
  return '/' .. table.concat(parts, '/')
end

--- The absolute path of a file relative to the caller's.
local function resolve(relative)
  local info = host.place(2)
  local source = info and info.source:match('^@(.*)$') or ''
  local folder = source:match('^(.*/)') or ''
  if folder:sub(1, 1) ~= '/' then folder = host.cwd() .. '/' .. folder end
  return normalize(folder .. '/' .. (relative or ''))
end

local function check(name, value, optional)
  if type(value) == 'string' or optional and value == nil then return end
  error(("bad argument to '%s' expected a string (relative filename)%s, got: %s"):format(
    name, optional and ' or nil' or '', type(value)), 3)
end

--- The absolute path of `relative`, or of the caller's folder.
function fixtures.path(relative)
  check('path', relative, true)
  local path = resolve(relative)
  return path
end

--- The contents of a file, or an error.
function fixtures.read(relative, binary)
  check('read', relative)
  local path = resolve(relative)
  local file, problem = io.open(path, binary and 'rb' or 'r')
  if not file then error(("Error reading file '%s': %s"):format(path, problem), 2) end
  local text = file:read('*a')
  file:close()
  return text
end

--- Runs a Lua file and returns its results, or raises.
function fixtures.load(relative)
  check('load', relative)
  if not relative:match('%.lua$') then relative = relative .. '.lua' end
  local path = resolve(relative)
  local chunk, problem = loadfile(path)
  if not chunk then error(("Error loading file '%s': %s"):format(path, problem), 2) end
  return chunk()
end

return fixtures
