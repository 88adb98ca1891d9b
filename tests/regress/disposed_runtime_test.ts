/**
 * The promise of a call never settled when the runtime was disposed before the
 * loop had started it, or already was when the call was made.
 */
import assert from "node:assert/strict";
import { createRuntime } from "../../mod.ts";

Deno.test("Runtime.call() rejects when the runtime ends before it starts", async () => {
  const runtime = await createRuntime();
  const results = runtime.eval("return 1");
  runtime[Symbol.dispose]();
  await assert.rejects(results, { message: "coroutine cancelled" });
  await runtime[Symbol.asyncDispose]();
});

Deno.test("Runtime refuses work once it is disposed", async () => {
  const runtime = await createRuntime();
  await runtime[Symbol.asyncDispose]();
  await assert.rejects(runtime.call("print"), {
    message: "Cannot call a Lua function: the runtime is disposed",
  });
  await assert.rejects(runtime.eval("return 1"), {
    message: "Cannot run Lua code: the runtime is disposed",
  });
  assert.throws(() => runtime.run("x"), {
    message: "Cannot run a module: the runtime is disposed",
  });
});
