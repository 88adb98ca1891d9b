-- Which files and tests of a suite run, beyond the filters of busted:
-- `file_spec.lua:42`, --shard, --last-failed. Meaning: docs/guide/busted.md.

local host = require 'busted.host'

local selection = {}

--- Splits `file:line` words into files and the lines that are wanted in them.
function selection.split_lines(roots)
  local files, lines = {}, nil
  for _, root in ipairs(roots) do
    local file, line = root:match('^(.+):(%d+)$')
    if file and host.kind(root) == nil and host.kind(file) == 'file' then
      lines = lines or {}
      lines[file] = lines[file] or {}
      table.insert(lines[file], tonumber(line))
      if #lines[file] == 1 then files[#files + 1] = file end
    else
      files[#files + 1] = root
    end
  end
  return files, lines
end

--- Lets only the tests at certain lines run: those whose source has the line,
--- and all those in a block that begins there.
function selection.by_line(busted, lines)
  local context = busted.context
  local whole = setmetatable({}, { __mode = 'k' })
  local found = {}

  local function wanted(fn, trace, kind)
    local file = busted.getFile(context.get())
    local list = file and lines[file.name]
    if not list then return true end
    local element = context.get()
    while element do
      if element.run and whole[element.run] then return true end
      element = context.parent(element)
    end
    local first = trace and trace.currentline or 0
    local last = type(fn) == 'function' and debug.getinfo(fn, 'S').lastlinedefined or first
    for _, line in ipairs(list) do
      if line >= first and line <= last then
        found[file.name] = true
        if kind == 'describe' and line == first then whole[fn] = true end
        return true
      end
    end
    return false
  end
  for _, kind in ipairs { 'it', 'pending', 'describe' } do
    busted.subscribe({ 'register', kind }, function(_, fn, trace)
      return nil, wanted(fn, trace, kind)
    end, { priority = 1 })
  end
  busted.subscribe({ 'suite', 'end' }, function()
    for file, list in pairs(lines) do
      if not found[file] then
        busted.publish({ 'error' }, {}, nil, ('No test at %s:%s'):format(file, table.concat(list, ',')), {})
      end
    end
    return nil, true
  end, { priority = 1 })
end

--- The files of one of several equal parts of a suite.
function selection.shard(files, shard)
  local index, count = tostring(shard):match('^(%d+)/(%d+)$')
  index, count = tonumber(index), tonumber(count)
  if not index or index < 1 or index > count then
    return nil, ('--shard=%s: want I/N with I from 1 to N'):format(tostring(shard))
  end
  local mine = {}
  for i, file in ipairs(files) do
    if (i - 1) % count == index - 1 then mine[#mine + 1] = file end
  end
  return mine
end

local function set(name)
  local value = os.getenv(name)
  return value ~= '' and value or nil
end

--- The folder of what is remembered, and the name of the file for this suite.
local function state_path()
  local folder, home = set('MTEV_BUSTED_STATE'), set('HOME')
  if not folder and not home then return nil end
  return folder or home .. '/.cache/luamtev/last-failed', host.cwd():gsub('[/%%]', { ['/'] = '%', ['%'] = '%%' })
end

local function escape(name) return (name:gsub('[\\\n]', { ['\\'] = '\\\\', ['\n'] = '\\n' })) end

--- The full names of the tests that failed in the last run here.
local function read_failed()
  local folder, name = state_path()
  local file = folder and io.open(folder .. '/' .. name)
  if not file then return {}, 0 end
  local names, count = {}, 0
  for line in file:lines() do
    names[line] = true
    count = count + 1
  end
  file:close()
  return names, count
end

--- Remembers which tests fail (unless it `forgets`); with `only`, runs those of the last time alone
--- (everything when none failed). Tests that do not run keep their state.
function selection.last_failed(busted, only, forgets)
  local failed, count = read_failed()
  local function key(file, name) return escape((file and file.name or '') .. ': ' .. name) end
  if only and count > 0 then
    local wanted = {}
    for name in pairs(failed) do wanted[name] = true end
    for _, kind in ipairs { 'it', 'pending' } do
      busted.subscribe({ 'register', kind }, function(name)
        local file = busted.getFile(busted.context.get())
        return nil, wanted[key(file, busted.full_name(name or kind))] == true
      end, { priority = 1 })
    end
  end
  if forgets then return end
  busted.subscribe({ 'test', 'end' }, function(element, parent, status)
    local fails = status == 'failure' or status == 'error'
    if fails or next(failed) ~= nil then
      local name = key(busted.getFile(element), busted.full_name(element.name or element.descriptor, parent))
      failed[name] = fails or nil
    end
    return nil, true
  end, { priority = 1 })
  busted.subscribe({ 'exit' }, function()
    local folder, name = state_path()
    if not folder or (count == 0 and next(failed) == nil) then return nil, true end
    host.make_folders(folder)
    local file = io.open(folder .. '/' .. name, 'w')
    if file then
      local lines = {}
      for line in pairs(failed) do lines[#lines + 1] = line .. '\n' end
      table.sort(lines)
      file:write(table.concat(lines))
      file:close()
    end
    return nil, true
  end, { priority = 1 })
end

return selection
