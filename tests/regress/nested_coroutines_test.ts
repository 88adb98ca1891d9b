/** Coroutines nested no deeper than 160 levels, whatever the size of the stack. */
import assert from "node:assert/strict";
import { createCompilerState } from "../../lua/compiler/state.ts";
import { luamtev } from "../support/luamtev.ts";

const NEST = `
local function nest(n, max)
  if n == max then return n end
  local ok, v = coroutine.resume(coroutine.create(nest), n + 1, max)
  if not ok then error(v, 0) end
  return v
end
local function deep(n) if n == 0 then return 0 end return 1 + deep(n - 1) end
local function endless() deep(300) return (coroutine.wrap(endless)()) end
`;

Deno.test("coroutines nest 500 levels on a stack of V8's default size", () => {
  using state = createCompilerState();
  const run = (code: string) => state.call(state.load(NEST + code, "=t"));
  assert.deepEqual(run("return nest(0, 500)"), [500]);
  const [ok, message] = run("return pcall(endless)");
  assert.equal(ok, false);
  assert.match(String(message), /stack overflow$/);
  assert.deepEqual(run("return nest(0, 500), deep(60000)"), [500, 60000]);
});

Deno.test("coroutines nest 5,000 levels in luamtev", async () => {
  const code = NEST + "print(nest(0, 5000))";
  const { code: status, stdout, stderr } = await luamtev(["--eval", code]);
  assert.deepEqual({ status, stdout, stderr }, {
    status: 0,
    stdout: "5000\n",
    stderr: "",
  });
});
