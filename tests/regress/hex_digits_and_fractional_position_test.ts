/**
 * `bit.tohex` gave 8 digits at most, where LuaJIT takes more than 8 as the
 * precision of a C format; `table.remove` cut the fraction of a position before
 * it looked whether the position is inside. The library fuzzer found both.
 */
import assert from "node:assert/strict";
import { createRuntime } from "../../lua/runtime.ts";

Deno.test("bit.tohex() pads beyond 8 digits", async () => {
  await using runtime = await createRuntime();
  assert.deepEqual(
    await runtime.eval(
      "return bit.tohex(0x12, 9), bit.tohex(-1, -10), #bit.tohex(1, 300)",
    ),
    ["000000012", "00FFFFFFFF", 44],
  );
});

Deno.test("table.remove() compares a position with its fraction", async () => {
  await using runtime = await createRuntime();
  assert.deepEqual(
    await runtime.eval(
      `local function left(at)
        local t = {1, 2, 3}
        local removed = table.remove(t, at)
        return tostring(removed) .. ":" .. table.concat(t, ",")
      end
      return left(1.5), left(2.7), left(3.2), left(2)`,
    ),
    ["1:2,2", "2:1,2", "nil:1,2,3", "2:1,3"],
  );
});
