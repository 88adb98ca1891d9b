-- `-j N`: N processes take the files of a suite from a queue, and this one
-- tells the handlers what happened, file by file in the order of the queue, as
-- if it had run them. The processes are busted/worker.lua.
--
-- The invariant: a file's events and output are replayed together, once all
-- are there.

local host = require 'busted.host'
local details = require 'busted.details'

local SIGINT, SIGKILL = 2, 9
local GRACE = 10      -- seconds that workers get to end after Ctrl-C
local LOOK = 0.05     -- seconds between two looks whether it was pressed
local LOOKAHEAD = 0.1 -- seconds for which workers know what to do
local MOST = 16       -- files that a worker knows of

-- The worker's events and orders have descriptors of their own, so that specs
-- may do with the standard ones what they like.
local SCRIPT = 'cd -- "$1" && shift && exec 3>&1 4<&0 </dev/null >>"$1" 2>>"$2" && shift 2 && exec "$@"'

--- Replaces the sizes in an event by what was written up to there, or to the
--- end.
local function read_output(worker, event, all)
  for name, file in pairs(worker.files) do
    local from, to = worker.offsets[name], all and math.huge or event[name] or 0
    event[name] = nil
    if to > from then
      file:seek('set', from)
      event[name] = file:read(to < math.huge and to - from or '*a')
      worker.offsets[name] = file:seek('cur')
    end
  end
end

local function write_output(event)
  if event.out then io.stdout:write(event.out) end
  if event.err then
    io.stdout:flush()
    io.stderr:write(event.err)
  end
end

--- Replays events of workers to the handlers of an instance.
local function new_replay(busted)
  local context = busted.context
  local suite = context.get()
  local replay = {}

  --- The element that stands for one of a worker's.
  local function element_of(job, sent)
    local element = job.elements[sent.id]
    if element == nil then
      element = {}
      job.elements[sent.id] = element
      if sent.descriptor then
        context.push(job.elements[sent.parent] or suite)
        context.attach(element)
        context.pop()
      end
    end
    for key, value in pairs(sent) do
      if key ~= 'id' and key ~= 'parent' then element[key] = value end
    end
    -- Functions among the attributes do not travel.
    if sent.attributes and next(sent.attributes) == nil then element.attributes = busted.attributes[sent.descriptor] or {} end
    return element
  end

  local function trace_of(sent)
    if sent == nil then return {} end
    details[sent], sent.details = sent.details, nil
    return sent
  end

  --- Tells the handlers of an event, after what was printed before it.
  local function publish(job, event)
    write_output(event)
    local element = element_of(job, event.element)
    local parent = context.parent(element)
    context.push(element)
    if event.kind == 'test' and event.sub == 'start' then job.test = element end
    if event.kind == 'test' and event.sub == 'end' then job.test = nil end
    if event.kind == 'file' then job.file = event.sub == 'start' and element or nil end
    if event.kind == 'failure' or event.kind == 'error' or event.kind == 'pending' then
      busted.tell({ event.kind, event.sub }, element, parent, event.value, trace_of(event.trace))
    else
      busted.publish_within(event.kind, { event.kind, event.sub }, element, parent, event.value)
    end
    context.pop()
  end

  --- Ends what a worker that died has left open, with an error.
  local function close(job, problem)
    local element = job.test or job.file
    local kind = job.test and 'it' or 'file'
    if element == nil then
      element = { descriptor = 'file', name = job.name, attributes = {} }
      context.attach(element)
      busted.tell({ 'file', 'start' }, element, suite)
    end
    local trace = element.trace or { traceback = '' }
    local parent = context.parent(element)
    busted.tell({ 'error', kind }, element, parent, busted.rewriteMessage(element, problem, trace), trace)
    if job.test then
      busted.tell({ 'test', 'end' }, element, parent, 'error')
      element = job.file
    end
    busted.tell({ 'file', 'end' }, element, suite)
  end

  --- Replays a file that is done.
  function replay.file(job)
    for _, event in ipairs(job.events) do publish(job, event) end
    write_output(job)
    if job.problem then close(job, job.problem) end
    for _, name in ipairs(job.flaky or {}) do table.insert(busted.flaky, name) end
    context.detach_children(suite)
  end

  return replay
end

--- How a process ended, in words.
local function ending(status)
  if status == nil then return 'did not end' end
  if mtev.WIFSIGNALED(status) then return ('was killed by signal %d'):format(mtev.WTERMSIG(status)) end
  return ('ended with status %d'):format(mtev.WEXITSTATUS(status))
end

--- Returns run(files, options), which runs files once. `options`: `jobs`,
--- `words` and `folder` (the command line and where it was given), `seed`.
--- Returns the counts of lines that the workers sent (busted/coverage.lua), or
--- nil and the status of a worker that ended before it took a file: because of
--- the helper, say.
return function(busted)
  local replay = new_replay(busted)
  local line_counts = {}

  return function(files, options)
    local queue, following, returned = {}, 1, {}
    for i, name in ipairs(files) do queue[i] = { name = name } end
    local done, next_replayed = {}, 1
    local processes, alive, rests = {}, 0, {}
    local refused -- a worker that ended before it took a file

    local function finish(job)
      done[job] = true
      while queue[next_replayed] and done[queue[next_replayed]] do
        local ready = queue[next_replayed]
        next_replayed = next_replayed + 1
        -- After Ctrl-C what has happened is told, also of files cut short.
        if ready.events and (not busted.skipAll or host.interrupted()) then replay.file(ready) end
        ready.events = nil
      end
    end

    local function has_more()
      return #returned > 0 or queue[following] ~= nil
    end

    --- The next file, if any is to run.
    local function take()
      if busted.skipAll or refused or host.interrupted() then return nil end
      local job = table.remove(returned, 1)
      if job == nil then
        job = queue[following]
        if job == nil then return nil end
        following = following + 1
      end
      job.events, job.elements = {}, {}
      return job
    end

    --- How many files a worker shall know of: for some time, so that it never
    --- waits, but not so many that others lack them.
    local function lookahead(worker)
      local seconds = (host.monotime() - worker.since) / math.max(worker.finished, 1)
      local wanted = worker.finished == 0 and 2 or math.floor(LOOKAHEAD / seconds)
      local share = math.floor((#queue - following + 1 + #returned) / options.jobs)
      return math.max(1, math.min(math.max(wanted, 2), share, MOST))
    end

    --- Gives a worker its next files, or nothing more to do.
    local function order(worker)
      local lines = {}
      for _ = #worker.jobs + 1, lookahead(worker) do
        local job = take()
        if not job then break end
        table.insert(worker.jobs, job)
        table.insert(lines, host.wire_format { file = job.name, seed = options.seed })
      end
      if #lines > 0 then
        worker.stdin:write(table.concat(lines))
      elseif #worker.jobs == 0 then
        worker.stdin:close()
      end
    end

    --- Takes back a file that a worker knew of and did not run.
    local function give_back(job)
      if busted.skipAll or host.interrupted() then
        finish(job)
      else
        table.insert(returned, 1, job)
      end
    end

    --- Takes down what a worker says, until it has nothing more to say.
    local function listen(worker)
      while true do
        local line = worker.stdout:read('\n')
        if line == nil or line:sub(-1) ~= '\n' then return end
        local message = host.wire_parse(line:sub(1, -2))
        local job = worker.jobs[1] or worker.rest
        for _, event in ipairs(message.events) do
          read_output(worker, event)
          job.events[#job.events + 1] = event
        end
        if message.ready then worker.ready, worker.since = true, host.monotime() end
        if message.lines then line_counts[#line_counts + 1] = message.lines end
        if message.finished then
          job.flaky = message.flaky
          table.remove(worker.jobs, 1)
          worker.finished = worker.finished + 1
          order(worker)
          finish(job)
        end
      end
    end

    --- Starts a worker and stays with it until it has ended.
    local function attend(index)
      local worker = { jobs = {}, finished = 0, since = host.monotime(), offsets = { out = 0, err = 0 }, files = {} }
      -- What happens outside of files: hooks of a helper, say.
      worker.rest = { events = {}, elements = {} }
      rests[#rests + 1] = worker.rest
      local paths = { os.tmpname(), os.tmpname() }
      worker.files.out, worker.files.err = io.open(paths[1]), io.open(paths[2])
      local argv = { 'sh', '-c', SCRIPT, 'sh', options.folder, paths[1], paths[2], host.launcher(), '--worker' }
      for _, word in ipairs(options.words) do argv[#argv + 1] = word end
      local process, stdin, stdout, stderr = mtev.spawn('/bin/sh', argv, host.environment())
      if not stdout then error(('cannot start a process: error number %d'):format(stdin), 0) end
      processes[index] = process
      worker.stdin, worker.stdout = stdin, stdout
      stderr:close()
      order(worker)
      listen(worker)
      local status = process:wait(GRACE)
      stdout:close()
      processes[index] = nil
      local job = worker.jobs[1]
      read_output(worker, job or worker.rest, true)
      for _, file in pairs(worker.files) do file:close() end
      for _, path in ipairs(paths) do os.remove(path) end
      if not (worker.ready or host.interrupted()) and status and mtev.WIFEXITED(status) then
        local said = job or worker.rest
        refused = refused or { status = mtev.WEXITSTATUS(status), out = said.out, err = said.err }
      elseif job then
        if not host.interrupted() then
          job.problem = ('the process that ran %s %s'):format(job.name, ending(status))
        end
        finish(job)
        for i = #worker.jobs, 2, -1 do give_back(worker.jobs[i]) end
      end
    end

    local failed
    local function attend_all(index)
      -- One that died is followed by another while there are files.
      repeat
        local ok, problem = pcall(attend, index)
        if not ok then failed = failed or problem end
      until failed or refused or not has_more() or busted.skipAll or host.interrupted()
      alive = alive - 1
      if alive == 0 then mtev.notify('busted.parallel') end
    end

    alive = math.min(options.jobs, #queue)
    for index = 1, alive do mtev.coroutine_spawn(attend_all, index) end
    local function kill_all(signal)
      for _, process in pairs(processes) do process:kill(signal) end
    end
    local asked_at
    while alive > 0 do
      mtev.waitfor('busted.parallel', LOOK)
      if (refused or host.interrupted()) and not asked_at then
        busted.skipAll, asked_at = true, host.monotime()
        kill_all(SIGINT)
      elseif asked_at and host.monotime() - asked_at > GRACE then
        kill_all(SIGKILL)
      end
    end
    if failed then error(failed, 0) end
    if refused then
      write_output(refused)
      return nil, refused.status
    end
    for _, rest in ipairs(rests) do replay.file(rest) end
    return line_counts
  end
end
