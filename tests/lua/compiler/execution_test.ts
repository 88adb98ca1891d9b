import assert from "node:assert/strict";
import { createCompilerState } from "../../../lua/compiler/state.ts";

const RECURSION = `
local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
local function endless() return 1 + endless() end
local function loop(n) if n == 0 then return "done" end return loop(n - 1) end
local ok, message = pcall(endless)
return depth(60000), ok, message, loop(1000000)`;

const EXPECTED = [60000, false, "t:3: stack overflow", "done"];

Deno.test("recursion of 60,000 levels works, without end it is an error", () => {
  using state = createCompilerState();
  assert.deepEqual(state.call(state.load(RECURSION, "=t")), EXPECTED);
});

Deno.test("recursion works in a Worker, whose stack is smaller", async () => {
  const engine = new URL("../../../lua/compiler/state.ts", import.meta.url);
  const source = `
    import { createCompilerState } from ${JSON.stringify(engine.href)};
    const state = createCompilerState();
    self.postMessage(state.call(state.load(${
    JSON.stringify(RECURSION)
  }, "=t")));
  `;
  const url = "data:application/javascript," + encodeURIComponent(source);
  const worker = new Worker(url, { type: "module" });
  try {
    const values = await new Promise((resolve, reject) => {
      worker.onmessage = (event) => resolve(event.data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
    });
    assert.deepEqual(values, EXPECTED);
  } finally {
    worker.terminate();
  }
});

Deno.test("an endless recursion without loops can be interrupted", () => {
  using state = createCompilerState();
  let asked = 0;
  state.setInterrupt(() => ++asked < 3 ? "continue" : "yield");
  const chunk = state.load(
    "local function fib(n) return n < 2 and n or fib(n - 1) + fib(n - 2) end return fib(90)",
    "=t",
  );
  const outcome = state.resume(state.newThread(chunk), []);
  assert.deepEqual(outcome, { kind: "suspended", suspension: undefined });
  assert.equal(asked, 3);
});

Deno.test("a loop that waits keeps nothing that it has let go", async () => {
  using state = createCompilerState();
  const chunk = state.load(
    `local weak = setmetatable({}, { __mode = "v" })
    for i = 1, 3 do
      do local big = {} weak[1] = big coroutine.yield() end
      collectgarbage()
      if weak[1] ~= nil then return i end
    end`,
    "=t",
  );
  const thread = state.newThread(chunk);
  let outcome = state.resume(thread, []);
  while (outcome.kind === "yielded" || outcome.kind === "suspended") {
    if (outcome.kind === "suspended") {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      outcome.suspension!.start({ wake: () => resolve(), fail: reject });
      await promise;
    }
    outcome = state.resume(thread, []);
  }
  assert.deepEqual(outcome, { kind: "ended", values: [] });
});
