-- Makes an RSA key and a certificate request for some host names:
--   luamtev certificate_request.lua folder example.com www.example.com
-- writes folder/key.pem and folder/request.pem. Without a folder nothing is
-- written.
module(..., package.seeall)

local function write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

function main()
  local folder = arg[2] -- arg[1] is this file
  local names = {unpack(arg, 3)}
  if #names == 0 then names = {"example.com", "www.example.com"} end

  local alternatives = {}
  for i, name in ipairs(names) do alternatives[i] = "DNS:" .. name end
  local key = mtev.newrsa(2048)
  local request = key:gencsr{
    subject = {CN = names[1]},
    addext = {
      subjectAltName = alternatives,
      keyUsage = {"critical", "digitalSignature"},
    },
  }
  if folder then
    write(folder .. "/key.pem", key:pem())
    write(folder .. "/request.pem", request:pem())
  end

  -- What was written can be read again.
  local again = assert(mtev.newreq(request:pem()))
  print("request for " .. again.subject)
  os.exit(0)
end
