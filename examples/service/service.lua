-- A small service with a configuration of its own: it answers each line that a
-- client sends, a language, with a greeting, counts the answers in the
-- configuration when it is asked to stop, and logs what it does.
module(..., package.seeall)

local function greeting(language)
  if not language:match("^%w+$") then return nil end
  return mtev.conf_get_string("/cli/service/include/greeting[@language='" .. language .. "']")
end

local function serve(client)
  local answered = 0
  while true do
    local line = client:read("\n")
    if line == nil or line == "" then break end
    local language = line:match("^(%S*)")
    local text = greeting(language)
    mtev.log("service/request", "%s %s\n", language, text and "answered" or "refused")
    mtev.log("debug/service", "a client asked for %s\n", language)
    client:write((text or mtev.conf("/cli/service/@greeting")) .. "\n")
    answered = answered + 1
  end
  client:close()
  return answered
end

function main()
  local listener = mtev.socket("inet", "tcp")
  assert(listener:bind("127.0.0.1", mtev.conf_get_integer("/cli/service/@port")) == 0)
  assert(listener:listen(16) == 0)
  local _, port = listener:sock_name()
  print("listening on port " .. port)
  mtev.log("service", "started\n")
  local answered = serve(listener:accept())
  mtev.log("service", "stopped\n")
  -- Written to service.conf at once; the other files stay as they are.
  mtev.conf_replace_integer("/cli/service/@answered", answered)
  os.exit(0)
end
