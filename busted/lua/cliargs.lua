-- cliargs: a parser of command lines, that of mtev-busted itself and of
-- handlers and helpers which take options. Grammar: busted.md §1.1, §8.3.
--
-- The number of leading dashes does not matter; an option takes the next word
-- whatever it is; nothing is bundled.

local host_width = 72

local function new_parser()
  local parser = { name = '' }
  local entries = {}   -- options and flags in order
  local by_name = {}   -- the same by each of their names
  local arguments = {} -- positional ones in order
  local splat, silent, description

  --- Splits `-o, --output=LIBRARY` into its parts.
  local function parse_key(key)
    local entry = { key = key }
    local text = key
    local short, rest, long, value
    if text:find(',', 1, true) then short, rest = text:match('^%-([^%-,%s=]+)%s*,%s*(.*)$') end
    if short then
      entry.short, text = short, rest
    end
    if text:sub(1, 2) == '--' then long, value = text:match('^%-%-([^=%s]+)%s*=?%s*(%S*)$') end
    if long then
      if long:sub(1, 5) == '[no-]' then
        entry.negatable, long = true, long:sub(6)
      end
      entry.long = long
    else
      short, value = text:match('^%-([^%s=]+)[%s=]*(%S*)$')
      entry.short = entry.short or short
    end
    entry.value = value ~= '' and value or nil
    entry.main = entry.long or entry.short
    return entry
  end

  local function add(entry)
    entries[#entries + 1] = entry
    if entry.short then by_name[entry.short] = entry end
    if entry.long then by_name[entry.long] = entry end
    return parser
  end

  --- The name that messages show.
  function parser:set_name(name)
    self.name = name
    return self
  end

  --- What the program is, for the help.
  function parser:set_description(text)
    description = text
    return self
  end

  --- Messages are returned, not printed.
  function parser:set_silent(on)
    silent = on
    return self
  end

  --- An option with a value; a default that is a list makes it accumulate.
  function parser:option(key, text, default, callback)
    local entry = parse_key(key)
    entry.text, entry.default, entry.callback, entry.takes_value = text, default, callback, true
    return add(entry)
  end

  --- An option without a value.
  function parser:flag(key, text, default, callback)
    local entry = parse_key(key)
    entry.text, entry.default, entry.callback = text, default, callback
    return add(entry)
  end

  --- A heading in the list of options.
  function parser:heading(text)
    entries[#entries + 1] = { heading = text }
    return self
  end

  --- A word that has to be there.
  function parser:argument(key, text, callback)
    arguments[#arguments + 1] = { main = key, text = text, callback = callback }
    return self
  end

  --- Words at the end, at most `maximum` of them.
  function parser:splat(key, text, default, maximum, callback)
    splat = { main = key, text = text, default = default, maximum = maximum or 1, callback = callback }
    return self
  end

  local function usage()
    local parts = { 'Usage: ' .. (parser.name ~= '' and parser.name or 'program') }
    if #entries > 0 then parts[#parts + 1] = '[OPTIONS]' end
    if #arguments > 0 or splat then parts[#parts + 1] = '[--]' end
    for _, argument in ipairs(arguments) do parts[#parts + 1] = argument.main end
    if splat then
      local name = splat.main
      if splat.maximum == 1 then
        parts[#parts + 1] = '[' .. name .. ']'
      else
        parts[#parts + 1] = ('[%s-1 [%s-2 [...]]]'):format(name, name)
      end
    end
    return table.concat(parts, ' ')
  end

  local function wrap(text, width)
    local lines, line = {}, ''
    for word in text:gmatch('%S+') do
      if line ~= '' and #line + 1 + #word > width then
        lines[#lines + 1] = line
        line = word
      else
        line = line == '' and word or line .. ' ' .. word
      end
    end
    lines[#lines + 1] = line
    return lines
  end

  local function describe(left, text, column)
    local lines = wrap(text or '', host_width - column)
    local first = '  ' .. left
    local out = {}
    if #first + 1 > column then
      out[1] = first
    else
      out[1] = first .. (' '):rep(column - #first) .. table.remove(lines, 1)
    end
    for _, line in ipairs(lines) do out[#out + 1] = (' '):rep(column) .. line end
    return table.concat(out, '\n')
  end

  local function show_default(entry)
    local default = entry.default
    if type(default) == 'string' and default ~= '' or type(default) == 'number' then
      return ('%s (default: %s)'):format(entry.text, tostring(default))
    end
    return entry.text
  end

  local function help()
    local out = { usage(), '' }
    if description then
      out[#out + 1] = description
      out[#out + 1] = ''
    end
    if #arguments > 0 or splat then
      out[#out + 1] = 'ARGUMENTS: '
      for _, argument in ipairs(arguments) do
        out[#out + 1] = describe(argument.main, (argument.text or '') .. ' (required)', 26)
      end
      if splat then
        local default = type(splat.default) == 'table' and table.concat(splat.default, ',') or splat.default
        out[#out + 1] = describe(splat.main,
          ('%s (optional, default: %s)'):format(splat.text or '', tostring(default)), 26)
      end
      out[#out + 1] = ''
    end
    local started = false
    for _, entry in ipairs(entries) do
      if entry.heading then
        out[#out + 1] = ''
        out[#out + 1] = entry.heading
        started = true
      else
        if not started then
          out[#out + 1] = 'OPTIONS: '
          started = true
        end
        local names = {}
        if entry.short then
          names[1] = '-' .. entry.short .. (not entry.long and entry.value and ' ' .. entry.value or '')
        end
        if entry.long then
          names[#names + 1] = '--' .. (entry.negatable and '[no-]' or '') .. entry.long
            .. (entry.value and '=' .. entry.value or '')
        end
        out[#out + 1] = describe(table.concat(names, ', '), show_default(entry), 30)
      end
    end
    return table.concat(out, '\n') .. '\n'
  end

  parser.printer = {
    generate_usage = usage,
    generate_help = help,
    generate_help_and_usage = help,
  }
  function parser:print_usage() io.stdout:write(usage(), '\n') end
  function parser:print_help() io.stdout:write(help()) end

  local function initial(default)
    if type(default) ~= 'table' then return default end
    local list = {}
    for i, value in ipairs(default) do list[i] = value end
    return list
  end

  --- Reads the words. Each explicit value goes through `take`, which may say
  --- what is wrong with it.
  local function read(words, take)
    local position, count, plain = 1, 0, false
    while position <= #words do
      local word = words[position]
      position = position + 1
      local dashes, name, value
      if not plain and word ~= '-' then dashes, name, value = word:match('^(%-+)([^=]*)=?(.*)$') end
      if not plain and word == '--' then
        plain = true
      elseif not dashes then
        count = count + 1
        local problem = take('word', count, word)
        if problem then return nil, problem end
      else
        local with_value = word:find('=', 1, true) ~= nil
        local entry, negated = by_name[name], false
        if not entry and name:sub(1, 3) == 'no-' then
          entry, negated = by_name[name:sub(4)], true
        end
        if not entry then
          return nil, ('unknown/bad %s: %s'):format(with_value and 'option' or 'flag', word)
        end
        if entry.takes_value then
          if negated then return nil, ('unknown/bad flag: %s'):format(word) end
          if not with_value then
            if position > #words then return nil, ('option %s requires a value to be set'):format(word) end
            value = words[position]
            position = position + 1
          end
        else
          if with_value then return nil, ('flag %s does not take a value'):format(word) end
          if negated and not entry.negatable then
            return nil, ("flag '%s' may not be negated using --no-"):format(word)
          end
          value = not negated
        end
        local problem = take('option', entry, value, name)
        if problem then return nil, problem end
      end
    end
    return count
  end

  --- Parses words (by default the global `arg`). Returns a table keyed by
  --- short and long names, whose field `overrides` has only what was given;
  --- or nil, what is wrong, and `help` when help was asked for.
  function parser:parse(words)
    if package.loaded.cliargs == self then package.loaded.cliargs = nil end
    words = words or arg or {}
    for _, word in ipairs(words) do
      if word == '-h' or word == '--help' then return nil, help(), 'help' end
    end
    local results, overrides = {}, {}
    for _, entry in ipairs(entries) do
      if not entry.heading then
        local value = initial(entry.default)
        if entry.short then results[entry.short] = value end
        if entry.long then results[entry.long] = value end
      end
    end
    if splat then results[splat.main] = initial(splat.default) end

    local function set(entry, value, name)
      if entry.callback then
        local ok, problem = entry.callback(name or entry.main, value, entry.long, entry)
        if ok == nil and problem then return problem end
        if type(ok) == 'table' then value = ok[1] end
      end
      if type(entry.default) == 'table' or entry.accumulates then
        local list = overrides[entry.main] or {}
        if value ~= nil then list[#list + 1] = value end
        value = list
      end
      if entry.short then results[entry.short], overrides[entry.short] = value, value end
      if entry.long then results[entry.long], overrides[entry.long] = value, value end
    end

    local given = {}
    local count, problem = read(words, function(kind, what, value, name)
      if kind == 'option' then return set(what, value, name) end
      given[#given + 1] = value
    end)
    if not count then return nil, problem end
    local least, most = #arguments, #arguments + (splat and splat.maximum or 0)
    if count < least or count > most then
      local range = least == most and tostring(least) or ('%d-%d'):format(least, most)
      return nil, ('bad number of arguments: %s argument(s) must be specified, not %d'):format(range, count)
    end
    for i, argument in ipairs(arguments) do
      results[argument.main], overrides[argument.main] = given[i], given[i]
      if argument.callback then
        local ok, wrong = argument.callback(argument.main, given[i])
        if ok == nil and wrong then return nil, wrong end
      end
    end
    if splat and count > least then
      local list = {}
      for i = least + 1, count do
        list[#list + 1] = given[i]
        if splat.callback then
          local ok, wrong = splat.callback(splat.main, given[i])
          if ok == nil and wrong then return nil, wrong end
        end
      end
      local value = splat.maximum == 1 and list[1] or list
      results[splat.main], overrides[splat.main] = value, value
    end
    results.overrides = overrides
    return results
  end

  --- A parser of its own.
  parser.new = new_parser

  --- Whether messages are only returned.
  function parser:is_silent() return silent == true end

  return parser
end

return new_parser()
