-- Finds the test files and compiles them; they run later. Specification:
-- busted.md §1.4.

local host = require 'busted.host'
local methods = require 'busted.methods'
local say = require 'say'

--- Returns load_files(roots, patterns, options), load_file(name) and
--- find_files(roots, patterns, options), for the loaders of these names.
return function(busted, loader_names)
  local loaders = {}
  for _, name in ipairs(loader_names) do
    loaders[#loaders + 1] = require('busted.modules.files.' .. name)
  end

  local function matches_any(name, patterns)
    for _, pattern in ipairs(patterns) do
      if pattern ~= '' and name:find(pattern) then return true end
    end
    return false
  end

  local function walk(folder, patterns, options, found)
    for _, name in ipairs(host.list(folder) or {}) do
      if not name:match('^%.%w') then
        local path = folder .. '/' .. name
        local kind = host.kind(path)
        if kind == 'directory' then
          if options.recursive then walk(path, patterns, options, found) end
        elseif kind and not matches_any(name, options.excludes or {}) and matches_any(name, patterns) then
          found[#found + 1] = path
        end
      end
    end
    return found
  end

  local function problem(message)
    busted.publish({ 'error' }, {}, nil, message, {})
  end

  local function find_files(roots, patterns, options)
    local files = {}
    for _, root in ipairs(roots) do
      local kind = host.kind(root)
      if kind == 'directory' then
        local folder = #root > 1 and root:gsub('/+$', '') or root
        local found = walk(folder, patterns, options, {})
        table.sort(found)
        for _, file in ipairs(found) do files[#files + 1] = file end
      elseif kind then
        files[#files + 1] = root
      elseif not options.quiet then
        problem(say('output.file_not_found', { root }))
      end
    end
    return files
  end

  local function load_file(name)
    for _, loader in ipairs(loaders) do
      if loader.match(busted, name) then
        local body, get_trace, rewrite = loader.load(busted, name)
        return body, get_trace, rewrite
      end
    end
  end

  --- Remembers that a file wants some of its tests alone.
  local function note_only(name)
    local file = busted.only_files and io.open(name, 'rb')
    if file then
      if methods.mentions_only(file:read('*a') or '') then busted.only_files[name] = true end
      file:close()
    end
  end

  local function load_files(roots, patterns, options)
    local files = find_files(roots, patterns, options)
    local found = #files
    if options.select then files = options.select(files) end
    for _, name in ipairs(options.collect and {} or files) do
      note_only(name)
      local body, get_trace, rewrite = load_file(name)
      if body then
        busted.executors.file(name, setmetatable({
          name = name,
          getTrace = get_trace,
          rewriteMessage = rewrite,
        }, { __call = busted.wrap(body) }))
      end
    end
    if options.collect then
      for _, name in ipairs(files) do options.collect(name) end
    end
    if found == 0 then
      local text = #patterns > 1 and '\n\t' .. table.concat(patterns, '\n\t') or patterns[1]
      problem(say('output.no_test_files_match', { text }))
    end
    return files
  end

  return load_files, load_file, find_files
end
