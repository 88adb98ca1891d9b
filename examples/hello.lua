-- The smallest module: a function called main, in a module of its own.
module(..., package.seeall)

function main()
  print("hello from luamtev")
  os.exit(0)
end
