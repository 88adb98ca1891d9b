-- mtev.Proc: a child process that is supervised through what it writes to its
-- standard error, line by line. Its standard input and output are closed.
-- Specification: mtev-lua-api.md §7.8. Called with the mtev table.
-- The name of the file is part of error messages.
local mtev = ...

local Proc = {}
Proc.__index = Proc
mtev.Proc = Proc

local LogWatch = {}
LogWatch.__index = LogWatch

-- Strings such as A=1 of an array, or of values by name.
local function environment(env)
  local list = {}
  for key, value in pairs(env) do
    list[#list + 1] = type(key) == "number" and value or key .. "=" .. tostring(value)
  end
  return list
end

--- @lua proc = mtev.Proc:new(opts)
--- Describes a child process; `proc:start()` starts it.
---
--- `opts.path` is the program, `argv` (default `{path}`) its arguments from its
--- own name on, `env` (default `ENV`) its environment, values by name or an
--- array of strings such as `A=1`. `boot_match` (default `ready`) is the Lua
--- pattern of the line that says that the child is ready, and `boot_timeout`
--- (default 5) how many seconds it may take. `dir` (default the current folder)
--- is where `proc:logwrite` creates files; the child's folder is not changed.
--- @param opts table: the description
--- @return mtev.Proc: the object
--- @error `path not set`
--- @suspends no
--- @example local proc = mtev.Proc:new{ path = "/usr/bin/server", boot_match = "listening" }
--- @source mtev-lua-api.md §7.8
--- @compat same
function Proc:new(opts)
  if not opts.path then error("path not set") end
  return setmetatable({
    path = opts.path,
    argv = opts.argv or { opts.path },
    dir = opts.dir or mtev.getcwd(),
    env = environment(opts.env or ENV or {}),
    boot_match = opts.boot_match or "ready",
    boot_timeout = opts.boot_timeout or 5,
    log_watchers = {},
    log_writers = {},
    hook_term = {},
    key_ready = "proc-ready-" .. mtev.uuid(),
  }, self)
end

-- Hands one line to everybody. Lists are copied: a watcher may stop itself.
local function dispatch(proc, line)
  for _, write in ipairs({ unpack(proc.log_writers) }) do write(line) end
  for _, watcher in ipairs({ unpack(proc.log_watchers) }) do
    if watcher.left > 0 and watcher.matches(line) then
      watcher.left = watcher.left - 1
      mtev.notify(watcher.key, line)
    end
  end
end

local function set_ready(proc, ready)
  proc.is_ready = ready
  -- Only if somebody waits: nobody would ever take the message.
  if proc.awaited then mtev.notify(proc.key_ready, ready) end
end

local function read_lines(proc, stderr)
  proc.is_ready = nil
  while true do
    local line = stderr:read("\n")
    if not line then break end
    dispatch(proc, line)
    if not proc.is_ready and line:find(proc.boot_match) then set_ready(proc, true) end
  end
  stderr:close()
  if not proc.is_ready then set_ready(proc, false) end
  for _, hook in ipairs(proc.hook_term) do hook() end
end

--- @lua proc = mtev.Proc:start()
--- Starts the process, with its standard input and output closed.
--- @return mtev.Proc: the object itself
--- @error `can't start already started proc`
--- @error `Could not start process`
--- @suspends always
--- @example local proc = mtev.Proc:new{ path = "/usr/bin/server" }:start()
--- @source mtev-lua-api.md §7.8
--- @compat same
function Proc:start()
  if self.proc then error("can't start already started proc") end
  local proc, stdin, stdout, stderr = mtev.spawn(self.path, self.argv, self.env)
  if not stdout then error("Could not start process") end
  self.proc = proc
  mtev.coroutine_spawn(function() read_lines(self, stderr:own()) end)
  stdin:close()
  stdout:close()
  return self
end

--- @lua ready = mtev.Proc:ready()
--- Waits until a line has matched `boot_match`. A process that ends before, or
--- takes longer than `boot_timeout`, is killed and forgotten.
--- @return boolean: whether the process is ready
--- @error `assertion failed!` when it cannot be killed
--- @suspends maybe: until the process is ready
--- @example assert(proc:start():ready(), "the server does not start")
--- @source mtev-lua-api.md §7.8
--- @compat same
function Proc:ready()
  if self.is_ready == nil then
    self.awaited = true
    mtev.waitfor(self.key_ready, self.boot_timeout)
    self.awaited = false
  end
  if self.is_ready then return true end
  if self.proc and self.proc:kill(0) then assert(self:kill(10)) end
  self.proc = nil
  return false
end

--- @lua ok, status, errno = mtev.Proc:wait(timeout)
--- Waits for the end of the process.
--- @param timeout? number: seconds to wait at the most; 0 without it
--- @return boolean: true if the process ended by itself; nil if it was never started
--- @return integer: then its exit code; else its wait status, or nil when the time is over
--- @return integer: the error number, as from `process:wait`
--- @suspends maybe
--- @example local ok, code = proc:wait(60)
--- @source mtev-lua-api.md §7.8
--- @compat same
function Proc:wait(timeout)
  if not self.proc then return nil end
  local status, errno = self.proc:wait(timeout)
  if status and mtev.WIFEXITED(status) then return true, mtev.WEXITSTATUS(status) end
  return false, status, errno
end

--- @lua ok, status, errno = mtev.Proc:kill(timeout)
--- Ends the process: SIGTERM, and if that takes too long SIGKILL. Does nothing
--- when it does not run.
--- @param timeout? number: seconds that each signal may take; 2 without it
--- @return boolean: whether it has ended; nothing if it did not run
--- @return integer: its wait status, or its exit code if it ended by itself
--- @return integer: the error number, as from `process:wait`
--- @error `Faild to deliver kill signal rv=…` or `Failed to deliver kill signal rv=…`
--- @suspends maybe
--- @example proc:kill()
--- @source mtev-lua-api.md §7.8
--- @compat differs: a process that does not mind SIGTERM gets SIGKILL, where the reference raises an error
function Proc:kill(timeout)
  local process = self.proc
  if not process or not process:kill(0) then return end
  timeout = timeout or 2
  local sent, errno = process:kill(15)
  if not sent then error("Faild to deliver kill signal rv=" .. tostring(errno)) end
  local ok, status, wait_errno = self:wait(timeout)
  if not ok and not status then
    sent, errno = process:kill(9)
    if not sent then error("Failed to deliver kill signal rv=" .. tostring(errno)) end
    ok, status, wait_errno = self:wait(timeout)
  end
  return ok or status ~= nil, status, wait_errno
end

--- @lua pid = mtev.Proc:pid()
--- The number of the process.
--- @return integer: the number, or -1 if it has not been started
--- @suspends no
--- @example print(proc:pid())
--- @source mtev-lua-api.md §7.8
--- @compat same
function Proc:pid()
  return self.proc and self.proc:pid() or -1
end

--- @lua mtev.Proc:pause()
--- Stops the process group that the process leads (SIGSTOP), if it leads one.
--- @suspends no
--- @example proc:pause()
--- @source mtev-lua-api.md §7.8
--- @compat same
function Proc:pause()
  if self.proc then self.proc:pgkill(19) end
end

--- @lua mtev.Proc:resume()
--- Lets the process group that the process leads go on (SIGCONT).
--- @suspends no
--- @example proc:resume()
--- @source mtev-lua-api.md §7.8
--- @compat same
function Proc:resume()
  if self.proc then self.proc:pgkill(18) end
end

--- @lua proc = mtev.Proc:loglisten(f)
--- Calls a function with each line that the process writes to its standard
--- error.
--- @param f function: called with the line, its newline included
--- @return mtev.Proc: the object itself
--- @suspends no
--- @example proc:loglisten(function(line) io.write("server: ", line) end)
--- @source mtev-lua-api.md §7.8
--- @compat same
function Proc:loglisten(f)
  table.insert(self.log_writers, f)
  return self
end

--- @lua proc = mtev.Proc:loglog(stream, prefix)
--- Writes each line to a log stream.
--- @param stream string: the name of the stream
--- @param prefix? string: what stands in front of each line
--- @return mtev.Proc: the object itself
--- @suspends no
--- @example proc:loglog("error", "[server] ")
--- @source mtev-lua-api.md §7.8
--- @compat same
function Proc:loglog(stream, prefix)
  local format = (prefix or "") .. "%s"
  return self:loglisten(function(line) mtev.log(stream, format, line) end)
end

--- @lua proc = mtev.Proc:logwrite(file)
--- Writes each line to a file, which is emptied first and closed when the
--- process has closed its standard error.
--- @param file string: the file, relative to the folder `dir`
--- @return mtev.Proc: the object itself
--- @error `Could not open: …`
--- @suspends no
--- @example proc:logwrite("server.log")
--- @source mtev-lua-api.md §7.8
--- @compat same
function Proc:logwrite(file)
  local handle, reason = io.open(self.dir .. "/" .. file, "wb")
  if not handle then error("Could not open: " .. reason) end
  table.insert(self.hook_term, function()
    if handle then handle:close() end
    handle = nil
  end)
  return self:loglisten(function(line)
    if not handle then return end
    handle:write(line)
    handle:flush()
  end)
end

local function matcher(regex)
  if type(regex) == "function" then return regex end
  if type(regex) ~= "string" then error("Illegal argument for Proc:watchfor(regex)") end
  local match, message = mtev.pcre(regex)
  if not match then error(message) end
  return function(line)
    match(nil) -- starts anew, also with a line like the one before
    return (match(line))
  end
end

--- @lua watch = mtev.Proc:logwatch(regex, limit)
--- Watches for lines in what the process writes to its standard error.
--- `watch:wait()` returns them one by one.
--- @param regex string|function: a Perl-compatible regular expression, or a function that is called with each line and tells whether it matches
--- @param limit? integer: how many lines to take at the most
--- @return mtev.LogWatch: the watch
--- @error `Illegal argument for Proc:watchfor(regex)`
--- @error what is wrong with the regular expression
--- @suspends no
--- @example local watch = proc:logwatch("error: (.*)") print(watch:wait(10))
--- @source mtev-lua-api.md §7.8
--- @compat same
function Proc:logwatch(regex, limit)
  local key = "logwatch-" .. mtev.uuid()
  table.insert(self.log_watchers, { key = key, matches = matcher(regex), left = limit or math.huge })
  return setmetatable({ proc = self, key = key }, LogWatch)
end

--- @lua line = mtev.LogWatch:wait(timeout)
--- Takes the oldest line that has matched, waiting for one if there is none.
--- @param timeout? number: seconds to wait at the most; for ever without it
--- @return string: the line, its newline included; nil when the time is over
--- @suspends maybe
--- @example local line = watch:wait(5)
--- @source mtev-lua-api.md §7.8
--- @compat same
function LogWatch:wait(timeout)
  local _, line = mtev.waitfor(self.key, timeout)
  return line
end

--- @lua mtev.LogWatch:stop()
--- Ends the watch and throws away the lines that nobody has taken.
--- @suspends no
--- @example watch:stop()
--- @source mtev-lua-api.md §7.8
--- @compat same
function LogWatch:stop()
  local watchers = self.proc.log_watchers
  for index = #watchers, 1, -1 do
    if watchers[index].key == self.key then
      watchers[index].left = 0
      table.remove(watchers, index)
    end
  end
  -- While a coroutine waits the queue is empty, and nobody else may ask.
  repeat local _, key = pcall(mtev.waitfor, self.key, 0) until key ~= self.key
end
