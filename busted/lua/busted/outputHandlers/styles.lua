-- Whether and how the terminal handlers colour, by the words of -Xoutput and
-- by whether standard output is a terminal. Specification: busted.md §6.2.

local term = require 'term'

local styles = {}

local names = { 'green', 'red', 'yellow', 'magenta', 'cyan', 'bright', 'dim' }

--- Returns functions by colour that colour a text, or leave it as it is.
--- `name` is what the handler is called in messages.
function styles.choose(name, options)
  local parser = require('cliargs').new()
  parser:set_name(name .. ' output handler')
  parser:flag('--color', 'force use of color')
  parser:flag('--plain', 'force use of no color')
  local words = {}
  for i, word in ipairs(options.arguments or {}) do words[i] = word end
  local given, problem, kind = parser:parse(words)
  if not given then
    if kind == 'help' then
      io.stdout:write(problem)
    else
      io.stderr:write(('%s output handler: %s; re-run with --help for usage.\n'):format(name, problem))
      io.stderr:write(parser.printer.generate_help())
    end
    io.stdout:flush()
    os.exit(1, true)
  end
  local no_color = os.getenv('NO_COLOR')
  local colored = term.isatty(io.stdout) and (no_color == nil or no_color == '')
  if given.color then colored = true end
  if given.plain then colored = false end
  if given.color or given.plain then
    require('luassert'):set_parameter('TableErrorHighlightColor', given.plain and 'none' or 'red')
  end
  local functions = { colored = colored }
  for _, color in ipairs(names) do
    functions[color] = colored and function(text) return term.colors[color](text) end
      or function(text) return tostring(text) end
  end
  return functions
end

return styles
