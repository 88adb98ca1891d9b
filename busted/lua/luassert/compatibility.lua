-- What differs between versions of Lua.

return { unpack = unpack }
