-- mediator: events on channels that form a tree.
--
-- A path is a list of names. An event goes to the subscribers of its channel
-- in order and then bubbles to the parent channels; a subscriber that does
-- not return a true second value ends all of that. Specification: busted.md
-- §5.1, §8.2.

local Subscriber = {}
Subscriber.__index = Subscriber
local next_id = 0

local function new_subscriber(fn, options)
  next_id = next_id + 1
  return setmetatable({ id = next_id, fn = fn, options = options or {} }, Subscriber)
end

--- Replaces the function or the options.
function Subscriber:update(changes)
  if changes then
    self.fn = changes.fn or self.fn
    self.options = changes.options or self.options
  end
end

local Channel = {}
Channel.__index = Channel

local function new_channel(namespace, parent)
  return setmetatable({ namespace = namespace, callbacks = {}, channels = {}, parent = parent, stopped = false }, Channel)
end

function Channel:addSubscriber(fn, options)
  local subscriber = new_subscriber(fn, options)
  local priority = options and options.priority
  local place = #self.callbacks + 1
  if priority and priority >= 0 and priority < place then
    place = math.max(1, priority)
  end
  -- Copied, so that a delivery that goes on is not disturbed.
  local callbacks = {}
  for i, callback in ipairs(self.callbacks) do callbacks[i] = callback end
  table.insert(callbacks, place, subscriber)
  self.callbacks = callbacks
  return subscriber
end

function Channel:getSubscriber(id)
  for i, subscriber in ipairs(self.callbacks) do
    if subscriber.id == id then return { index = i, value = subscriber } end
  end
  for _, channel in pairs(self.channels) do
    local found = channel:getSubscriber(id)
    if found then return found end
  end
end

function Channel:setPriority(id, priority)
  local found = self:getSubscriber(id)
  if found then
    table.remove(self.callbacks, found.index)
    table.insert(self.callbacks, priority, found.value)
  end
end

function Channel:removeSubscriber(id)
  local callbacks, removed = {}, nil
  for _, subscriber in ipairs(self.callbacks) do
    if subscriber.id == id then removed = subscriber else callbacks[#callbacks + 1] = subscriber end
  end
  if removed then
    self.callbacks = callbacks
    return removed
  end
  for _, channel in pairs(self.channels) do
    removed = channel:removeSubscriber(id)
    if removed then return removed end
  end
end

function Channel:addChannel(namespace)
  self.channels[namespace] = new_channel(namespace, self)
  return self.channels[namespace]
end

function Channel:hasChannel(namespace)
  return namespace and self.channels[namespace] ~= nil
end

function Channel:getChannel(namespace)
  return self.channels[namespace] or self:addChannel(namespace)
end

--- Delivers to this channel and then to its parents.
function Channel:publish(results, ...)
  local channel = self
  while channel do
    local callbacks = channel.callbacks
    for i = 1, #callbacks do
      local subscriber = callbacks[i]
      local predicate = subscriber.options.predicate
      if not predicate or predicate(...) then
        local result, continue = subscriber.fn(...)
        if result ~= nil then results[#results + 1] = result end
        if not continue then return results end
      end
    end
    channel = channel.parent
  end
  return results
end

local Mediator = {}
Mediator.__index = Mediator

function Mediator:getChannel(path)
  local channel = self.channel
  for i = 1, #path do channel = channel:getChannel(path[i]) end
  return channel
end

function Mediator:subscribe(path, fn, options)
  return self:getChannel(path):addSubscriber(fn, options)
end

function Mediator:getSubscriber(id, path)
  return self:getChannel(path):getSubscriber(id)
end

function Mediator:removeSubscriber(id, path)
  return self:getChannel(path):removeSubscriber(id)
end

--- Sends an event; returns the list of the results that are not nil.
function Mediator:publish(path, ...)
  local channel = self.channel
  for i = 1, #path do
    local below = channel.channels[path[i]]
    if below == nil then break end -- nobody ever subscribed there
    channel = below
  end
  return channel:publish({}, ...)
end

return setmetatable({
  Channel = setmetatable(Channel, { __call = function(_, ...) return new_channel(...) end }),
  Subscriber = setmetatable(Subscriber, { __call = function(_, ...) return new_subscriber(...) end }),
}, {
  __call = function() return setmetatable({ channel = new_channel('root') }, Mediator) end,
})
