-- The helpers for child processes that libmtev's test runner gives to its
-- specs: start_child, kill_child and their kin, on mtev.Proc and mtev.exec.
-- Specification: busted.md §2.3.

local Child = {}
Child.__index = Child

local function environment(env)
  if env then return env end
  local copy = { UMEM_DEBUG = 'default' }
  for name, value in pairs(ENV or {}) do copy[name] = value end
  return copy
end

local function new_child(props)
  local proc = mtev.Proc:new {
    path = props.path,
    argv = props.argv,
    env = environment(props.env),
    dir = props.dir,
    boot_match = props.boot_match or 'eventer_loops started',
    boot_timeout = props.timeout or 5,
  }
  if props.logname then proc:loglog(props.logname) end
  return setmetatable({ proc = proc, watches = {} }, Child)
end

--- Starts the process and waits until it is ready. Returns whether it is.
function Child:start()
  self.proc:start()
  return self.proc:ready()
end

--- Watches for lines for which `fn(line)` is true: the first one, or `many`.
--- Returns a key for `waitfor`.
function Child:watchfor(fn, many)
  local watch = self.proc:logwatch(fn, not many and 1 or nil)
  self.watches[watch.key] = watch
  return watch.key
end

function Child:watchfor_stop(key)
  local watch = self.watches[key]
  self.watches[key] = nil
  if watch then watch:stop() end
end

--- The next line that a watch has found; nil when the time is over.
function Child:waitfor(key, timeout)
  local watch = self.watches[key]
  return watch and watch:wait(timeout)
end

function Child:wait(timeout) return self.proc:wait(timeout) end
function Child:pause() return self.proc:pause() end
function Child:resume() return self.proc:resume() end
function Child:kill() return self.proc:kill() end
function Child:pid() return self.proc:pid() end

--- Runs another command with the child's environment.
function Child:capturecommand(props)
  return run_command_synchronously_return_output(props)
end

--- Memory is the collector's here: there is nothing to find.
function Child:find_leaks() return nil end

--- Starts a child process: `path`, `argv`, `env`, `dir`, `timeout`,
--- `boot_match`, `logname`. An error when it does not get ready.
function start_child(props)
  local child = new_child(props)
  if not child:start() then error(('%s did not get ready'):format(props.path), 2) end
  return child
end

--- Ends a child process, first politely.
function kill_child(child)
  if child then return child:kill() end
end

--- Runs a program to its end. Returns its wait status, output and errors.
function run_command_synchronously_return_output(props)
  return mtev.exec(props.path, props.argv or { props.path }, env_flatten(environment(props.env)), props.timeout or 5)
end

--- A function that reads what comes from a descriptor to its end: notifies the
--- first key when it starts, and the second with the text.
function mk_coroutine_reader(start_key, done_key, e)
  return function()
    e = e:own()
    mtev.notify(start_key)
    local parts = {}
    repeat
      local part = e:read(65536)
      parts[#parts + 1] = part
    until part == nil or part == ''
    e:close()
    mtev.notify(done_key, table.concat(parts))
  end
end

--- The folder of the test that is running, with a slash at its end.
function find_test_dir() return sourcedir(3) end
