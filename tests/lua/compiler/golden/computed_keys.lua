-- Keys that programs compute, in and out of what counts as a name.
local dictionary = {}
for _, key in ipairs {"__proto__", "constructor", "toString", "1", "01", "-1", "4294967295", "1e3", "", "trim"} do
  dictionary[key] = key .. "!"
end
for i = 1, 20 do dictionary["key" .. i] = i end
for _, key in ipairs {"__proto__", "constructor", "hasOwnProperty", "1", "01", "-1", "4294967295", "1e3", "", "trim"} do
  print(key, dictionary[key], dictionary[key .. ""])
end
dictionary.key1, dictionary["key" .. 2] = nil, nil
for i = 30, 60 do dictionary["key" .. i] = i end
for i = 1, 20 do
  local key = "key" .. i
  local before = dictionary[key]
  dictionary[key] = nil
  local without = dictionary[key]
  dictionary[key] = "again"
  print(key, before, without, dictionary[key], dictionary["key" .. i])
end
local keys, count = {}, 0
for key in pairs(dictionary) do
  count = count + 1
  if #key < 3 then keys[#keys + 1] = key end
end
table.sort(keys)
print(count, table.concat(keys, " "))

-- Keys that are names elsewhere, computed and not, in turns.
local function dump(t)
  local lines = {}
  for k, v in pairs(t) do lines[#lines + 1] = tostring(k) .. "=" .. tostring(v) end
  table.sort(lines)
  print(#lines, table.concat(lines, " "), next(t) == nil)
end
local function key(k) return k:sub(1, 1) .. k:sub(2) end
local record = {}
for k, v in ("id=1;name=x;count=2;"):gmatch("(%w+)=(%w+);") do record[k] = v end
dump(record)
print(record.id, record.name, record[key "count"], record.missing, record[key "missing"])
record[key "missing"] = nil
record[key "id"] = nil
dump(record)
record.id = 3
record[key "name"] = nil
record.name = nil
dump(record)
record[key "unknown"] = true
record[key "name"] = "back"
record[key "id"] = 4
record.count = nil
record[key "count"] = "again"
dump(record)
print(record.count, record.name, record.id)
for k in pairs(record) do record[k] = nil end
dump(record)
record.name, record[key "id"], record[1] = 1, 2, 3
dump(record)
local guarded = setmetatable({}, {__newindex = function(t, k, v) rawset(t, k, v .. "!") end, __index = function(_, k) return "no " .. k end})
guarded[key "name"] = "a"
guarded[key "name"] = "b"
guarded.id = "c"
guarded[key "other"] = "d"
dump(guarded)
print(guarded[key "count"], guarded.count)
