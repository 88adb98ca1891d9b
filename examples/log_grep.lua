-- Finds lines by a regular expression and prints its groups:
--   luamtev log_grep.lua '(\w+)=(\d+)' server.log
-- Without arguments it searches a few lines of its own.
module(..., package.seeall)

local SAMPLE = [[
2026-11-21 10:00:01 GET /index.html status=200 time=12
2026-11-21 10:00:02 GET /missing status=404 time=3
2026-11-21 10:00:02 POST /orders status=500 time=1873
]]

function main()
  -- arg[1] is this file.
  local expression = arg[2] or "(?x) (GET|POST) \\s+ (\\S+) \\s+ status=([45]\\d\\d)"
  local matcher, message, offset = mtev.pcre(expression)
  if not matcher then
    io.stderr:write(("%s at offset %d of %s\n"):format(message, offset, expression))
    os.exit(2)
  end

  local found = 0
  for line in arg[3] and io.lines(arg[3]) or SAMPLE:gmatch("[^\n]+") do
    -- A limit keeps an unlucky expression from holding up everything else.
    local result = {matcher(line, {limit = 100000})}
    if result[1] then
      found = found + 1
      print(line)
      for group = 3, #result do print(("  %d: %s"):format(group - 2, result[group])) end
    end
    matcher(nil)
  end
  print(found .. " lines")
  os.exit(found > 0 and 0 or 1)
end
