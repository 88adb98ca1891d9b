-- it.each, it.only, describe.only: what can be said of the block functions,
-- which stay functions. That takes a metatable for all functions; indexing any
-- other function raises as before. Meaning: docs/guide/busted.md.

local methods = setmetatable({}, { __mode = 'k' })

local function in_ci()
  local ci = os.getenv('CI')
  return ci ~= nil and ci ~= '' and ci ~= 'false'
end

--- each(rows)(name, fn): one block for each row; `name` is a format for the
--- row's values, which `fn` gets.
local function each_of(register)
  return function(rows)
    return function(name, fn)
      for _, row in ipairs(rows) do
        local values = type(row) == 'table' and row or { row }
        local count = values.n or table.maxn(values)
        local texts = {}
        for i = 1, count do texts[i] = tostring(values[i]) end
        -- More placeholders than values is a mistake that should be seen.
        register(name:format(unpack(texts, 1, count)), function() fn(unpack(values, 1, count)) end)
      end
    end
  end
end

--- only(name, fn): of its file, this block and others like it run alone.
local function only_of(busted, register)
  local function only(name, fn)
    if in_ci() then error('only is left over here: it would hide the other tests', 2) end
    if fn == nil and type(name) == 'string' then
      return function(later) return only(name, later) end
    end
    busted.chosen[fn or name] = true
    return register(name, fn)
  end
  return only
end

local function index(fn, key)
  local own = methods[fn]
  if own == nil then error('attempt to index a function value', 2) end
  return own[key]
end

local M = {}

--- Gives the block functions of an instance their methods.
function M.install(busted)
  busted.chosen = setmetatable({}, { __mode = 'k' })
  busted.only_files = {}
  for _, name in ipairs { 'it', 'test', 'spec', 'describe', 'context', 'insulate', 'expose' } do
    local register = busted.executors[name]
    methods[register] = { each = each_of(register), only = only_of(busted, register) }
  end
  local mt = debug.getmetatable(print)
  if mt == nil then debug.setmetatable(print, { __index = index }) end

  local context = busted.context
  local function within_chosen(fn)
    if busted.chosen[fn] then return true end
    local element = context.get()
    while element do
      if element.run and busted.chosen[element.run] then return true end
      element = context.parent(element)
    end
    return false
  end
  for _, kind in ipairs { 'it', 'pending' } do
    busted.subscribe({ 'register', kind }, function(_, fn)
      local file = busted.getFile(context.get())
      if file and busted.only_files[file.name] and not within_chosen(fn) then return nil, false end
      return nil, true
    end, { priority = 1 })
  end
end

--- Whether a source uses `only`, comments apart.
function M.mentions_only(source)
  if not source:find('%.only') then return false end
  source = source:gsub('%-%-%[(=*)%[.-%]%1%]', ''):gsub('%-%-[^\n]*', '')
  return source:find('%f[%w_][%w_]+%.only%s*[%(\'"%[{]') ~= nil
end

return M
