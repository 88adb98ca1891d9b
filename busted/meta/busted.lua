---@meta
-- The vocabulary of specs, for editors that speak LuaLS. Loaded by nothing.

---@alias busted.body fun(...: any)

---@class busted.block
---@overload fun(name: string, body: busted.body)
---@overload fun(body: busted.body)
---@overload fun(name: string): fun(body: busted.body)
local block = {}

---Of its file, this block and others like it run alone. An error in CI.
---@param name string
---@param body busted.body
function block.only(name, body) end

---Makes a block of each row; the body gets the row's values.
---@param rows any[] a row is a list of values, or a single value
---@return fun(name: string, body: busted.body) register `name` is a format for the values
function block.each(rows) end

---Groups tests.
---@type busted.block
describe = nil
---Groups tests: another name of `describe`.
---@type busted.block
context = nil
---Groups tests whose changes of globals and loaded modules are undone.
---@type busted.block
insulate = nil
---Groups tests whose changes of globals and loaded modules outlive their file.
---@type busted.block
expose = nil
---A test. It may wait.
---@type busted.block
it = nil
---A test: another name of `it`.
---@type busted.block
spec = nil
---A test: another name of `it`.
---@type busted.block
test = nil

---Outside a test: a test that is still to be written. Inside: ends the test, as pending.
---@param message? string
---@param body? busted.body
function pending(message, body) end

---Runs before each test of this block and of those within.
---@param body busted.body
---@overload fun(name: string, body: busted.body)
function before_each(body) end

---Runs after each test, whatever became of it.
---@param body busted.body
---@overload fun(name: string, body: busted.body)
function after_each(body) end

---Runs once before the tests of this block.
---@param body busted.body
---@overload fun(name: string, body: busted.body)
function setup(body) end

---Runs once after the tests of this block.
---@param body busted.body
---@overload fun(name: string, body: busted.body)
function teardown(body) end

---Runs once, before the first test of this block or within it.
---@param body busted.body
---@overload fun(name: string, body: busted.body)
function lazy_setup(body) end

---Runs once, if a test of this block was to run.
---@param body busted.body
---@overload fun(name: string, body: busted.body)
function lazy_teardown(body) end

---Runs once before the children of this block, even if it has no tests.
---@param body busted.body
---@overload fun(name: string, body: busted.body)
function strict_setup(body) end

---Runs once after the children of this block, even if it has no tests.
---@param body busted.body
---@overload fun(name: string, body: busted.body)
function strict_teardown(body) end

---In a test: runs after it, whatever became of it. The last call wins.
---@param body fun()
function finally(body) end

---In a block: whether its children run in a random order.
---@param on? boolean|integer a number is the seed
---@param seed? integer
function randomize(on, seed) end
