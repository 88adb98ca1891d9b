/** Errors named what `and` and `or` gave only when it was a local variable. */
import assert from "node:assert/strict";
import { createRuntime } from "../../mod.ts";

Deno.test("errors name a field, global or upvalue that and, or gave", async () => {
  await using runtime = await createRuntime();
  const messages = await runtime.eval(`
    local upvalue
    local object = {}
    local function message(f)
      return (select(2, pcall(f)):gsub("^.-:%d+: ", ""))
    end
    return
      message(function() return (false or object.name) % 2 end),
      message(function() return ("a" or object.name) % 2 end),
      message(function() return #(upvalue or missing) end),
      message(function() return (object and (upvalue or object.x))() end),
      message(function() return (upvalue or upvalue).y end),
      message(function() return (object.f or object[1]) .. "" end)`);
  assert.deepEqual(messages, [
    "attempt to perform arithmetic on field 'name' (a nil value)",
    "attempt to perform arithmetic on field 'name' (a string value)",
    "attempt to get length of global 'missing' (a nil value)",
    "attempt to call field 'x' (a nil value)",
    "attempt to index upvalue 'upvalue' (a nil value)",
    "attempt to concatenate a nil value",
  ]);
});
