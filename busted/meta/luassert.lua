---@meta
-- The `assert` of specs, spies, stubs, mocks and matchers, for editors that
-- speak LuaLS. Loaded by nothing.

---Words of a chain: they may be joined by dots or by underscores.
---@class luassert.chain
---@field is luassert.chain
---@field are luassert.chain
---@field was luassert.chain
---@field has luassert.chain
---@field does luassert.chain
---@field a luassert.chain
---@field an luassert.chain
---@field the luassert.chain
---@field Not luassert.chain turns the meaning around
---@field no luassert.chain turns the meaning around
---@field is_not luassert.chain turns the meaning around
---@field are_not luassert.chain turns the meaning around
---@field was_not luassert.chain turns the meaning around
---@field has_no luassert.chain turns the meaning around
---@field does_not luassert.chain turns the meaning around
---@field [string] luassert.chain|fun(...: any): any
local chain = {}

---Sets what a failure says first.
---@param text any
---@return luassert.chain
function chain.message(text) end

---Chooses the spy that the assertion is about.
---@param spy luassert.spy
---@param message? string
---@return luassert.chain
function chain.spy(spy, message) end

---Chooses the stub that the assertion is about.
---@param stub luassert.spy
---@param message? string
---@return luassert.chain
function chain.stub(stub, message) end

---Chooses the list that `holes` is about.
---@param list table
---@return luassert.chain
function chain.array(list) end

---Passes for `true` alone.
---@param value any
---@param message? any what a failure says first
---@return any ...
function chain.is_true(value, message) end

---Passes for `false` alone.
---@param value any
---@param message? any what a failure says first
---@return any ...
function chain.is_false(value, message) end

---Passes for all but `false` and `nil`.
---@param value any
---@param message? any what a failure says first
---@return any ...
function chain.truthy(value, message) end

---Passes for `false` and `nil`.
---@param value any
---@param message? any what a failure says first
---@return any ...
function chain.falsy(value, message) end

---Passes for `nil`.
---@param value any
---@param message? any what a failure says first
---@return any ...
function chain.is_nil(value, message) end

---Passes for a boolean.
---@param value any
---@param message? any what a failure says first
---@return any ...
function chain.is_boolean(value, message) end

---Passes for a number.
---@param value any
---@param message? any what a failure says first
---@return any ...
function chain.is_number(value, message) end

---Passes for a string.
---@param value any
---@param message? any what a failure says first
---@return any ...
function chain.is_string(value, message) end

---Passes for a table.
---@param value any
---@param message? any what a failure says first
---@return any ...
function chain.is_table(value, message) end

---Passes for a function.
---@param value any
---@param message? any what a failure says first
---@return any ...
function chain.is_function(value, message) end

---Passes for userdata.
---@param value any
---@param message? any what a failure says first
---@return any ...
function chain.is_userdata(value, message) end

---Passes for a coroutine.
---@param value any
---@param message? any what a failure says first
---@return any ...
function chain.is_thread(value, message) end

---Passes when `expected == actual`.
---@param expected any
---@param actual any
---@param message? any what a failure says first
---@return any ...
function chain.equal(expected, actual, message) end

---Passes when `expected == actual`.
---@param expected any
---@param actual any
---@param message? any what a failure says first
---@return any ...
function chain.equals(expected, actual, message) end

---Passes when both are equal, tables deeply.
---@param expected any
---@param actual any
---@param message? any what a failure says first
---@return any ...
function chain.same(expected, actual, message) end

---Passes when the numbers differ by no more than `tolerance`.
---@param expected number
---@param actual number
---@param tolerance number
---@param message? any what a failure says first
---@return any ...
function chain.near(expected, actual, tolerance, message) end

---Passes when the Lua pattern is found; returns the captures.
---@param pattern string
---@param actual any
---@param init? integer
---@param plain? boolean
---@param message? any what a failure says first
---@return any ...
function chain.matches(pattern, actual, init, plain, message) end

---Passes when the Lua pattern is found; returns the captures.
---@param pattern string
---@param actual any
---@param init? integer
---@param plain? boolean
---@param message? any what a failure says first
---@return any ...
function chain.match(pattern, actual, init, plain, message) end

---Passes when no two values of the list are equal.
---@param list table
---@param deep? boolean
---@param message? any what a failure says first
---@return any ...
function chain.unique(list, deep, message) end

---Passes when `fn` raises, and what it raises is `expected`.
---@param fn fun()
---@param expected? any
---@param message? any what a failure says first
---@return any ...
function chain.has_error(fn, expected, message) end

---Passes when `fn` raises, and what it raises is `expected`.
---@param fn fun()
---@param expected? any
---@param message? any what a failure says first
---@return any ...
function chain.error(fn, expected, message) end

---Passes when `fn` raises, and what it raises is `expected`.
---@param fn fun()
---@param expected? any
---@param message? any what a failure says first
---@return any ...
function chain.errors(fn, expected, message) end

---Passes when `fn` raises something in which the pattern is found.
---@param fn fun()
---@param pattern string
---@param init? integer
---@param plain? boolean
---@param message? any what a failure says first
---@return any ...
function chain.error_matches(fn, pattern, init, plain, message) end

---Passes when exactly `count` values follow.
---@param count integer
---@param ... any
---@return any ...
function chain.returned_arguments(count, ...) end

---After `array(t)`: passes when an element is missing.
---@param length? integer
---@return any ...
function chain.holes(length) end

---After `spy(s)`: passes when it was called, so many times.
---@param times? integer
---@return any ...
function chain.called(times) end

---After `spy(s)`: passes when a call had these arguments.
---@param ... any
---@return any ...
function chain.called_with(...) end

---After `spy(s)`: passes when a call returned these values.
---@param ... any
---@return any ...
function chain.returned_with(...) end

---After `spy(s)`.
---@param times integer
---@param message? any what a failure says first
---@return any ...
function chain.called_at_least(times, message) end

---After `spy(s)`.
---@param times integer
---@param message? any what a failure says first
---@return any ...
function chain.called_at_most(times, message) end

---After `spy(s)`.
---@param times integer
---@param message? any what a failure says first
---@return any ...
function chain.called_more_than(times, message) end

---After `spy(s)`.
---@param times integer
---@param message? any what a failure says first
---@return any ...
function chain.called_less_than(times, message) end

---@class luassert: luassert.chain
---@overload fun(value: any, message?: any, ...: any): any
assert = nil

---Adds an assertion, a modifier or a matcher.
---@param namespace "assertion"|"modifier"|"matcher"
---@param name string
---@param callback function
---@param positive_message? string a key of `say`
---@param negative_message? string a key of `say`
function assert:register(namespace, name, callback, positive_message, negative_message) end

---@param namespace string
---@param name string
function assert:unregister(namespace, name) end

---@param fn fun(value: any, fmtargs?: table): string?
function assert:add_formatter(fn) end

---@param fn function
function assert:remove_formatter(fn) end

---@param name string
---@param value any
function assert:set_parameter(name, value) end

---@param name string
---@return any
function assert:get_parameter(name) end

---@class luassert.snapshot
local snapshot = {}
---Undoes spies, stubs, parameters and formatters made since the snapshot.
function snapshot:revert() end

---@return luassert.snapshot
function assert:snapshot() end

---@class luassert.spy
---@field calls { vals: any[], refs: any[] }[]
---@field returnvals { vals: any[], refs: any[] }[]
---@field callback function
---@overload fun(...: any): any
local a_spy = {}
---Forgets the calls.
---@return luassert.spy
function a_spy:clear() end
---Puts back what it replaced.
---@return any original
function a_spy:revert() end

---@class luassert.spylib
---@overload fun(callback?: function): luassert.spy
spy = {}
---A function that remembers its calls.
---@param callback? function what it does besides
---@return luassert.spy
function spy.new(callback) end
---Replaces a function of a table by a spy around it.
---@param object table
---@param key any
---@return luassert.spy
function spy.on(object, key) end
---@param value any
---@return boolean
function spy.is_spy(value) end

---@class luassert.stub: luassert.spy
---@field by_default luassert.answers
local a_stub = {}
---@class luassert.answers
local answers = {}
---@param ... any what the stub returns
---@return luassert.stub
function answers.returns(...) end
---@param fn function what the stub calls
---@return luassert.stub
function answers.invokes(fn) end
---@param ... any
---@return luassert.stub
function a_stub.returns(...) end
---@param fn function
---@return luassert.stub
function a_stub.invokes(fn) end
---@param ... any the arguments, or matchers for them
---@return luassert.answers
function a_stub.on_call_with(...) end

---@class luassert.stublib
---@overload fun(object?: table, key?: any, ...: any): luassert.stub
stub = {}
---Replaces a function of a table by one that answers as told.
---@param object? table
---@param key? any
---@param ... any a function to call instead, or values to return
---@return luassert.stub
function stub.new(object, key, ...) end

---@class luassert.mocklib
---@overload fun(object: table, dostub?: boolean, answer?: any): table
mock = {}
---Replaces all functions of a table by spies, or by stubs.
---@param object table
---@param dostub? boolean
---@param answer? any
---@return table object
function mock.new(object, dostub, answer) end
---@param object table
---@return table object
function mock.clear(object) end
---@param object table
---@return table object
function mock.revert(object) end

---@class luassert.matcher
---@overload fun(value: any): boolean

---@class luassert.matchers
---@field _ luassert.matcher anything
---@field [string] luassert.matchers|fun(...: any): luassert.matcher
match = {}
---@param value any
---@return boolean
function match.is_matcher(value) end
