/** mod.ts as an embedder uses it. */
import assert from "node:assert/strict";
import {
  call,
  createRuntime,
  decodeText,
  encodeText,
  LuaError,
  type LuaValue,
  multi,
  NOTHING,
  suspendOn,
  Suspension,
} from "../mod.ts";
import { TestFolder } from "./support/luamtev.ts";

Deno.test("Runtime.call() passes values both ways", async () => {
  await using runtime = await createRuntime();
  await runtime.eval("function echo(...) return select('#', ...), ... end");
  assert.deepEqual(
    await runtime.call("echo", 1.5, undefined, "\xff\0", true),
    [4, 1.5, undefined, "\xff\0", true],
  );
});

Deno.test("Runtime.call() finds functions in tables and names the missing", async () => {
  await using runtime = await createRuntime();
  assert.deepEqual(await runtime.call("string.rep", "ab", 2), ["abab"]);
  await assert.rejects(
    runtime.call("no.such.thing"),
    new TypeError('Cannot call "no.such.thing": no such Lua function'),
  );
});

Deno.test("Runtime.eval() rejects with the Lua error and its traceback", async () => {
  await using runtime = await createRuntime();
  const failure = runtime.eval('local function f() error("no") end f()', "=c");
  await assert.rejects(failure, (error: unknown) => {
    assert.ok(error instanceof LuaError);
    assert.equal(error.value, "c:1: no");
    assert.match(error.traceback ?? "", /c:1: in function 'f'/);
    return true;
  });
  await assert.rejects(runtime.eval("x = = 1", "=c"), /^LuaError: c:1: /);
});

Deno.test("Runtime.define() makes functions of every kind", async () => {
  await using runtime = await createRuntime();
  runtime.define("host.add", (a, b) => Number(a) + Number(b));
  runtime.define("host.pair", () => multi(1, 2));
  runtime.define("host.later", (value) =>
    suspendOn(
      Promise.resolve(value),
      (reason) => new LuaError(String(reason)),
    ));
  runtime.define("host.fails", () =>
    suspendOn(
      Promise.reject(new Error("refused")),
      (reason) => new LuaError((reason as Error).message),
    ));
  runtime.define("host.each", function* (f) {
    let sum = 0;
    for (let i = 1; i <= 3; i++) {
      const [value] = (yield call(f, i)) as LuaValue[];
      sum += Number(value);
      yield new Suspension((waker) => waker.wake());
    }
    return sum;
  });
  const results = await runtime.eval(`
    local ok, why = pcall(host.fails)
    return host.add(1, 2), select("#", host.pair()), host.later("x"), ok, why,
      host.each(function(i) mtev.sleep(0) return i * 10 end)`);
  assert.deepEqual(results, [3, 2, "x", false, "refused", 60]);
  assert.throws(
    () => runtime.define("print.x", () => 1),
    new TypeError('Cannot define "print.x": "print" is not a table'),
  );
});

Deno.test("Runtime.require() loads a file that waits at its top level", async () => {
  using folder = new TestFolder();
  const path = folder.write("m.lua", "mtev.sleep(0.001) return 'loaded'");
  await using runtime = await createRuntime();
  assert.equal(await runtime.require(path), "loaded");
});

Deno.test("Runtime.run() runs a module whose os.exit the embedder decides", async () => {
  using folder = new TestFolder();
  const path = folder.module(
    'function main() print("from main") os.exit(3) end',
  );
  let stdout = "";
  const { promise, resolve } = Promise.withResolvers<number>();
  await using runtime = await createRuntime({
    stdout: (text) => stdout += text,
    exit: (code) => {
      resolve(code);
      throw new LuaError("exited");
    },
    stderr: () => {},
  });
  runtime.run(path);
  assert.equal(await promise, 3);
  assert.equal(stdout, "from main\n");
});

Deno.test("mtev.runtime_reload() starts the module afresh", async () => {
  using folder = new TestFolder();
  const path = folder.module(`
function main()
  local round = mtev.shared_seq("round")
  print("round", round, mtev.runtime_defunct(function() print("replaced", round) end))
  if round == 0 then
    mtev.runtime_reload()
    while not is_replaced() do mtev.sleep(0.001) end
    print("old state ends", mtev.runtime_defunct())
    finished()
  else
    is_replaced(true)
  end
end`);
  let stdout = "";
  const { promise, resolve } = Promise.withResolvers<void>();
  await using runtime = await createRuntime({
    stdout: (text) => stdout += text,
  });
  let replaced = false;
  runtime.define("is_replaced", (now) => replaced ||= now === true);
  runtime.define("finished", () => {
    resolve();
    return NOTHING;
  });
  runtime.run(path);
  await promise;
  assert.equal(
    stdout,
    "round\t0\tfalse\nreplaced\t0\nround\t1\tfalse\nold state ends\ttrue\n",
  );
});

Deno.test("Runtime is disposed with coroutines waiting, without a trace", async () => {
  await using runtime = await createRuntime();
  await runtime.eval(`
    for i = 1, 10 do
      mtev.coroutine_spawn(function() mtev.sleep(1000) end)
      mtev.coroutine_spawn(function() mtev.waitfor("k" .. i, 1000) end)
    end`);
  assert.equal(runtime.coroutines.size, 20);
});

Deno.test("encodeText() and decodeText() are inverse for text", () => {
  for (const text of ["", "ascii", "é€ 𝄞", "\0\x7f\x80"]) {
    assert.equal(decodeText(encodeText(text)), text);
  }
  assert.equal(encodeText("é"), "\xc3\xa9");
  assert.equal(decodeText("\xff"), "\ufffd");
});
