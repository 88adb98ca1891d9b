-- A JSON encoder and decoder on strings and byte positions.
local function encode(v, out)
  local t = type(v)
  if t == "table" then
    if v[1] ~= nil then
      out[#out + 1] = "["
      for i = 1, #v do
        if i > 1 then out[#out + 1] = "," end
        encode(v[i], out)
      end
      out[#out + 1] = "]"
    else
      out[#out + 1] = "{"
      local first = true
      for k, x in pairs(v) do
        if not first then out[#out + 1] = "," end
        first = false
        out[#out + 1] = '"' .. k .. '":'
        encode(x, out)
      end
      out[#out + 1] = "}"
    end
  elseif t == "string" then
    out[#out + 1] = '"' .. v:gsub('[%c"\\]', "?") .. '"'
  else
    out[#out + 1] = tostring(v)
  end
end
local decode
local function skip(s, i)
  while true do
    local c = s:byte(i)
    if c ~= 32 and c ~= 10 and c ~= 9 then return i end
    i = i + 1
  end
end
function decode(s, i)
  i = skip(s, i)
  local c = s:sub(i, i)
  if c == "{" then
    local t = {}
    i = skip(s, i + 1)
    if s:sub(i, i) == "}" then return t, i + 1 end
    while true do
      local k, v
      k, i = decode(s, i)
      i = skip(s, i)
      v, i = decode(s, i + 1)
      t[k] = v
      i = skip(s, i)
      if s:sub(i, i) == "}" then return t, i + 1 end
      i = i + 1
    end
  elseif c == "[" then
    local t = {}
    i = skip(s, i + 1)
    while s:sub(i, i) ~= "]" do
      t[#t + 1], i = decode(s, i)
      i = skip(s, i)
      if s:sub(i, i) == "," then i = i + 1 end
    end
    return t, i + 1
  elseif c == '"' then
    local e = s:find('"', i + 1, true)
    return s:sub(i + 1, e - 1), e + 1
  elseif s:sub(i, i + 3) == "true" then
    return true, i + 4
  end
  local e = i
  while s:find("^[%d%.%-e]", e) do e = e + 1 end
  return tonumber(s:sub(i, e - 1)), e
end
local data = {}
for i = 1, 300 do
  data[i] = {id = i, name = "item" .. i, tags = {"a", "b", "c"}, ok = true, price = i / 4}
end
local n = 0
for round = 1, 40 do
  local out = {}
  encode(data, out)
  local text = table.concat(out)
  n = n + #decode(text, 1)
end
assert(n == 12000)
