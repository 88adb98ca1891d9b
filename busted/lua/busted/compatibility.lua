-- What differs between versions of Lua, for handlers and helpers that require
-- it. Specification: busted.md §9.2.

return {
  getfenv = getfenv,
  setfenv = setfenv,
  loadstring = loadstring,
  unpack = unpack,
  --- Ends the process.
  exit = function(code, force)
    if not force and code ~= 0 and type(code) == 'number' and code > 255 then code = 1 end
    os.exit(code, true)
  end,
  --- os.execute as Lua 5.2 has it: true or nil, how it ended, the status.
  execute = function(command)
    local status = os.execute(command)
    if type(status) ~= 'number' then return status end
    local code = status > 255 and math.floor(status / 256) or status
    return code == 0 or nil, 'exit', code
  end,
}
