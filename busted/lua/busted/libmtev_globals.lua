-- Globals that libmtev's test runner gives to its specs: files beside the
-- calling one, and environments. Specification: busted.md §2.3.

local function source_of(level)
  local info = debug.getinfo(level + 1, 'S')
  return info and (info.source:gsub('^@', ''))
end

local function folder_of(file)
  return file and (file:match('^(.*/)') or './')
end

--- The file of the calling chunk, or of the one `level` calls up.
function sourcefile(level)
  local file = source_of(level or 2)
  return file
end

--- Its folder, with a slash at the end.
function sourcedir(level)
  local folder = folder_of(source_of(level or 2))
  return folder
end

local function read(path)
  local file = io.open(path, 'rb')
  if not file then return nil end
  local bytes = file:read('*a')
  file:close()
  return bytes
end

--- The bytes of a file beside the caller's, or nil.
function _file(name)
  local folder = folder_of(source_of(2))
  return read(folder .. name)
end

--- A JSON file beside the caller's; or nil and what is wrong.
function _filejson(name)
  local folder = folder_of(source_of(2))
  local text = read(folder .. name)
  if not text then return nil, ('cannot read %s%s'):format(folder, name) end
  local document, problem = mtev.parsejson(text)
  if not document then return nil, problem end
  return document:document()
end

--- The list of `k=v` of a table.
function env_flatten(t)
  local list = {}
  for key, value in pairs(t) do list[#list + 1] = ('%s=%s'):format(key, value) end
  return list
end
