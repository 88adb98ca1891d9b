-- Which tests run, by tags and names; and --list. Filters act on the events
-- of registration: an element that is dropped never comes to be. Specification:
-- busted.md §1.5, §1.6.

--- Returns filter(busted, options), with options `tags`, `excludeTags`,
--- `filter`, `name`, `filterOut`, `excludeNamesFile`, `list`, `nokeepgoing`,
--- `suppressPending`.
return function()
  return function(busted, options)
    local context = busted.context

    local function full_name(name)
      local names, element = { name }, context.get()
      while element and element.descriptor ~= 'file' and element.descriptor ~= 'suite' do
        table.insert(names, 1, element.name or element.descriptor)
        element = context.parent(element)
      end
      return table.concat(names, ' ')
    end

    local function as_list(value)
      if value == nil or value == '' then return {} end
      return type(value) == 'table' and value or { value }
    end

    local function contains_any(text, patterns)
      for _, pattern in ipairs(patterns) do
        if text:find(pattern) then return true end
      end
      return false
    end

    local function tag_patterns(tags)
      local patterns = {}
      for i, tag in ipairs(as_list(tags)) do patterns[i] = '#' .. tag end
      return patterns
    end

    local all, tests = { 'describe', 'it', 'pending' }, { 'it', 'pending' }

    --- Lets an element of one of the kinds be registered only if `accepts`.
    local function keep_if(kinds, accepts)
      for _, kind in ipairs(kinds) do
        busted.subscribe({ 'register', kind }, function(name, ...)
          return nil, accepts(name or kind, name, ...) and true or false
        end, { priority = 1 })
      end
    end

    local function read_lines(path)
      local lines = {}
      for line in io.lines(path) do lines[line] = true end
      return lines
    end

    local function list_tests()
      local function print_test(name, _, trace)
        local place = ''
        if trace and trace.what == 'Lua' then place = ('%s:%d: '):format(trace.short_src, trace.currentline) end
        io.stdout:write(place, full_name(name), '\n')
        return nil, false
      end
      local function swallow() return nil, false end
      busted.subscribe({ 'register', 'it' }, function(name, ...) return print_test(name or 'it', ...) end, { priority = 1 })
      busted.subscribe({ 'register', 'pending' }, function(name, ...)
        if options.suppressPending then return nil, false end
        return print_test(name or 'pending', ...)
      end, { priority = 1 })
      for _, hook in ipairs { 'before_each', 'after_each', 'lazy_setup', 'lazy_teardown', 'strict_setup', 'strict_teardown' } do
        busted.subscribe({ 'register', hook }, swallow, { priority = 1 })
      end
      for _, kind in ipairs { 'suite', 'file', 'describe', 'test' } do
        busted.subscribe({ kind, 'start' }, swallow, { priority = 1 })
        busted.subscribe({ kind, 'end' }, swallow, { priority = 1 })
      end
    end

    if options.nokeepgoing then
      local function stop()
        busted.skipAll = true
        return nil, true
      end
      busted.subscribe({ 'error' }, stop)
      busted.subscribe({ 'failure' }, stop)
    end

    -- The last to subscribe is asked first: names come before the listing.
    if options.list then list_tests() end

    local filter, names = as_list(options.filter), as_list(options.name)
    local tags, excluded_tags = tag_patterns(options.tags), tag_patterns(options.excludeTags)
    local filter_out = as_list(options.filterOut)
    if #filter > 0 then
      keep_if(tests, function(shown) return contains_any(full_name(shown), filter) end)
    end
    if #names > 0 then
      keep_if(all, function(shown)
        local full = full_name(shown)
        for _, name in ipairs(names) do
          if name:find(full, 1, true) then return true end
        end
        return false
      end)
    end
    if #filter_out > 0 then
      keep_if(all, function(shown) return not contains_any(full_name(shown), filter_out) end)
    end
    if options.excludeNamesFile and options.excludeNamesFile ~= '' then
      local excluded = read_lines(options.excludeNamesFile)
      keep_if(all, function(shown) return not excluded[full_name(shown)] end)
    end
    if #tags > 0 then
      keep_if(tests, function(shown) return contains_any(full_name(shown), tags) end)
    end
    if #excluded_tags > 0 then
      keep_if(all, function(_, name) return not contains_any(name or '', excluded_tags) end)
    end
  end
end
