-- Converts JSON to XML: bin/luamtev examples/json_to_xml.lua file.json
-- Without a file it converts a document of its own. Objects become elements
-- named after their members, arrays repeat the element <item>.
module(..., package.seeall)

local sample = [[
{
  "service": "checkout",
  "replicas": 3,
  "limits": { "memory": "512 MB", "load": 0.75 },
  "hosts": ["a.example", "b.example"],
  "note": "tests < 5 min & green"
}]]

--- The keys of a table, sorted: JSON objects have no order in Lua.
local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end

--- Adds a Lua value to an element, as attributes of type and as children.
local function add(element, value)
  if type(value) ~= "table" then
    element:contents(tostring(value))
  elseif #value > 0 then
    for _, item in ipairs(value) do add(element:addchild("item"), item) end
  else
    for _, key in ipairs(sorted_keys(value)) do
      -- Not every name in JSON is one in XML, so odd ones become attributes.
      if key:match("^[%a_][%w_.-]*$") then
        add(element:addchild(key), value[key])
      else
        local member = element:addchild("member")
        member:attr("name", key)
        add(member, value[key])
      end
    end
  end
end

local function convert(text)
  local json, message, offset = mtev.parsejson(text)
  if not json then return nil, ("byte %d: %s"):format(offset, message) end
  local doc = mtev.parsexml("<document/>")
  add(doc:root(), json:document())
  return doc:tostring()
end

function main()
  local text = sample -- arg[1] is the name of this script
  if arg[2] then
    local file, message = io.open(arg[2])
    if not file then
      mtev.log("stderr", "%s\n", message)
      os.exit(2)
    end
    text = file:read("*a")
    file:close()
  end
  local xml, message = convert(text)
  if not xml then
    mtev.log("stderr", "%s: %s\n", arg[2] or "sample", message)
    os.exit(1)
  end
  print((xml:gsub("\n$", "")))
  os.exit(0)
end
