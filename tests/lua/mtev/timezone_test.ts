/** `mtev.timezone` where the conformance corpus is silent. */
import assert from "node:assert/strict";
import { createRuntime, type LuaValue } from "../../../mod.ts";
import { luamtev, TestFolder } from "../../support/luamtev.ts";

async function evaluate(source: string): Promise<LuaValue[]> {
  await using runtime = await createRuntime();
  return await runtime.eval(source);
}

Deno.test("extract() gives every field", async () => {
  assert.deepEqual(
    await evaluate(`return mtev.timezone("America/New_York"):extract(1520197275,
      "second", "minute", "hour", "monthday", "month", "weekday", "yearday", "year",
      "dst", "offset", "zonename")`),
    [15, 1, 16, 4, 3, 1, 63, 2018, false, -18000, "EST"],
  );
});

Deno.test("extract() knows daylight time in winter, and far years", async () => {
  assert.deepEqual(
    await evaluate(`
      local zone = mtev.timezone("Europe/Dublin")
      local offset, dst, name = zone:extract(1704067200, "offset", "dst", "zonename")
      return offset, dst, name, zone:extract(16741155600, "year", "hour", "zonename")`),
    [0, true, "GMT", 2500, 10, "IST"],
  );
});

Deno.test("extract() refuses a time that is no integer", async () => {
  const [ok, message] = await evaluate(`
    local zone = mtev.timezone("UTC")
    return pcall(function() zone:extract(1/0, "hour") end)`);
  assert.equal(ok, false);
  assert.match(
    String(message),
    /bad argument #1 to 'extract' \(time out of range\)/,
  );
});

Deno.test("timezone() says what is missing", async () => {
  const [, unknown] = await evaluate(
    `return pcall(function() mtev.timezone("No/Such_Zone") end)`,
  );
  assert.match(
    String(unknown),
    /^eval:1: mtev.timezone: Cannot find time zone "No\/Such_Zone"/,
  );
  using folder = new TestFolder();
  const script = folder.module(`function main()
    print(pcall(mtev.timezone, "UTC"))
    os.exit(0)
  end`);
  const { stdout } = await luamtev([script], {
    env: { TZDIR: `${folder.path}/none` },
  });
  assert.match(
    stdout,
    /^false\tmtev.timezone: Cannot read time zones: .*\/none is missing, install the package tzdata$/m,
  );
});
