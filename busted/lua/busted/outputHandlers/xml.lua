-- Writes XML that any parser takes, whatever bytes a test put into its name
-- or message. Not a parser. Used by the junit handler.

local valid_utf8 = require 'busted.utf8'

local xml = {}

local entities = { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;', ["'"] = '&apos;' }

local REPLACEMENT = '\239\191\189'

--- Escapes a text; characters that XML does not have become U+FFFD.
function xml.escape(text)
  text = tostring(text):gsub('[&<>"\']', entities)
  text = text:gsub('%z', REPLACEMENT):gsub('[\1-\8\11\12\14-\31]', REPLACEMENT)
  return valid_utf8(text)
end

--- Creates an element.
function xml.element(tag, attributes)
  return { tag = tag, attributes = attributes or {}, children = {} }
end

--- Appends a child element or a text.
function xml.append(element, child)
  element.children[#element.children + 1] = child
  return child
end

local function write(element, indent, out)
  local names = {}
  for name in pairs(element.attributes) do names[#names + 1] = name end
  table.sort(names)
  out[#out + 1] = '\n' .. indent .. '<' .. element.tag
  for _, name in ipairs(names) do
    local value = xml.escape(element.attributes[name]):gsub('[\t\n\r]', function(c) return ('&#%d;'):format(c:byte()) end)
    out[#out + 1] = (" %s='%s'"):format(name, value)
  end
  if #element.children == 0 then
    out[#out + 1] = '/>'
    return
  end
  out[#out + 1] = '>'
  local nested = false
  for _, child in ipairs(element.children) do
    if type(child) == 'table' then
      nested = true
      write(child, indent .. '\t', out)
    else
      out[#out + 1] = xml.escape(child)
    end
  end
  if nested then out[#out + 1] = '\n' .. indent end
  out[#out + 1] = '</' .. element.tag .. '>'
end

--- The text of an element and all in it; begins with a newline.
function xml.text(element)
  local out = {}
  write(element, '', out)
  return table.concat(out)
end

return xml
