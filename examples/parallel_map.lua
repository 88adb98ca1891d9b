-- Maps a function over a list in several Lua states, each on a thread of its
-- own: `luamtev --concurrent -n 4 parallel_map.lua`. A semaphore sees to it that
-- no more than three states compute at once. Works with one state too.
module(..., package.seeall)

local function count_primes(first, last)
  local count = 0
  for number = first, last do
    local prime = number > 1
    for divisor = 2, math.sqrt(number) do
      if number % divisor == 0 then prime = false break end
    end
    if prime then count = count + 1 end
  end
  return count
end

-- Takes jobs until there is none; nobody may block the others for longer than
-- one job.
local function work()
  local slots = mtev.semaphore("slots", 3)
  while true do
    local job = mtev.shared_waitfor("jobs")
    if not job then return end
    slots:acquire()
    local count = count_primes(job.first, job.last)
    slots:release()
    mtev.shared_notify("results", { index = job.index, count = count })
    mtev.sleep(0) -- the coroutine that collects has its turn
  end
end

local function map(jobs)
  for index, job in ipairs(jobs) do
    mtev.shared_notify("jobs", { index = index, first = job[1], last = job[2] })
  end
  for _ = 1, mtev.eventer_loop_concurrency() do mtev.shared_notify("jobs", false) end
  local results = {}
  for _ = 1, #jobs do
    local result = mtev.shared_waitfor("results", 60)
    results[result.index] = result.count
  end
  return results
end

function main()
  local _, loop = mtev.thread_self()
  mtev.coroutine_spawn(work)
  if loop > 0 then return end
  local jobs = {}
  for i = 1, 8 do jobs[i] = { (i - 1) * 1000 + 1, i * 1000 } end
  for i, count in ipairs(map(jobs)) do
    print(("primes from %d to %d: %d"):format(jobs[i][1], jobs[i][2], count))
  end
  os.exit(0)
end
