import assert from "node:assert/strict";

Deno.test("what a program drops is collected", async () => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--v8-flags=--expose-gc",
      new URL("garbage_fixture.ts", import.meta.url).pathname,
    ],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const left = JSON.parse(new TextDecoder().decode(stdout));
  assert.equal(Object.keys(left).length, 8);
  // A coroutine takes 1,600 bytes and the least of the others 40.
  for (const [kind, bytes] of Object.entries(left)) {
    assert.ok(Number(bytes) < 20, `${kind} leaves ${bytes} bytes`);
  }
});
