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
