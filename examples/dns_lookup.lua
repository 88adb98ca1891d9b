-- Looks a name up and prints the records.
-- luamtev dns_lookup.lua name [type [nameserver[:port]]]
module(..., package.seeall)

local function describe(record)
  local fields = {}
  for name, value in pairs(record) do
    if name ~= "ttl" then fields[#fields + 1] = name .. "=" .. value end
  end
  table.sort(fields)
  return table.concat(fields, " ")
end

function main()
  local name, rtype, server = arg[2] or "localhost", arg[3] or "A", arg[4]
  local records = { mtev.dns(server):lookup(name, rtype) }
  for _, record in ipairs(records) do print(record.ttl, describe(record)) end
  os.exit(#records > 0 and 0 or 1)
end
