-- A timer wheel: any number of timers share one coroutine that sleeps from
-- tick to tick. Each timer waits in the slot of the wheel where it is due;
-- those further away than one turn of the wheel stay for another round.
module(..., package.seeall)

local Wheel = {}
Wheel.__index = Wheel

--- Makes a wheel and starts its coroutine.
function Wheel.new(slots, tick)
  local wheel = setmetatable({ slots = {}, now = 0, tick = tick, pending = 0 }, Wheel)
  for slot = 1, slots do wheel.slots[slot] = {} end
  mtev.coroutine_spawn(function() wheel:turn() end)
  return wheel
end

--- Calls `fn` after `ticks` ticks; returns a function that prevents it.
function Wheel:after(ticks, fn)
  local due = self.now + math.max(1, ticks)
  local slot = self.slots[due % #self.slots + 1]
  local timer = { due = due, fn = fn }
  slot[timer] = true
  self.pending = self.pending + 1
  return function()
    if slot[timer] then
      slot[timer] = nil
      self.pending = self.pending - 1
    end
  end
end

function Wheel:turn()
  while true do
    mtev.sleep(self.tick)
    self.now = self.now + 1
    local slot = self.slots[self.now % #self.slots + 1]
    local due = {}
    for timer in pairs(slot) do
      if timer.due == self.now then due[#due + 1] = timer end
    end
    for _, timer in ipairs(due) do
      slot[timer] = nil
      self.pending = self.pending - 1
      mtev.coroutine_spawn(timer.fn) -- a timer may wait without delaying others
    end
  end
end

function main()
  local wheel = Wheel.new(8, 0.002)
  local fired = {}
  for _, ticks in ipairs{ 12, 3, 1, 20, 5 } do
    wheel:after(ticks, function() fired[#fired + 1] = ticks end)
  end
  local cancel = wheel:after(4, function() fired[#fired + 1] = "never" end)
  cancel()
  wheel:after(21, function() mtev.notify("done") end)

  mtev.waitfor("done", 5)
  print("fired: " .. table.concat(fired, " "))
  print("pending: " .. wheel.pending)
  os.exit(0)
end
