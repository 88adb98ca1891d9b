import assert from "node:assert/strict";
import { Logs } from "../../../runtime/log/logs.ts";

function capture() {
  const written: string[] = [];
  const logs = new Logs({
    stdout: (message) => written.push(`out:${message}`),
    stderr: (message) => written.push(`err:${message}`),
  });
  return { logs, written };
}

Deno.test("Logs has stdout and error on, notice and debug off", () => {
  const { logs } = capture();
  const effective = ["stdout", "stderr", "error", "notice", "debug"].filter(
    (name) => logs.get(name).effective,
  );
  assert.deepEqual(effective, ["stdout", "stderr", "error"]);
});

Deno.test("LogStream.log() goes down the outlets to the writers", () => {
  const { logs, written } = capture();
  logs.get("error/lua/deep").log("hello\n");
  logs.get("stdout").log("exact");
  assert.deepEqual(written, ["err:hello\n", "out:exact"]);
});

Deno.test("the stderr stream ends every line", () => {
  const { logs, written } = capture();
  logs.get("stderr").log("a\nb");
  logs.get("stderr").log("");
  assert.deepEqual(written, ["err:a\nb\n", "err:"]);
});

Deno.test("a stream without a writer or outlet is never in effect", () => {
  const { logs, written } = capture();
  logs.enable("fresh", true);
  assert.equal(logs.get("fresh").effective, false);
  logs.get("fresh").log("lost\n");
  assert.deepEqual(written, []);
});

Deno.test("Logs.enable() switches what leads to a stream as well", () => {
  const { logs, written } = capture();
  assert.equal(logs.get("debug/x").effective, false);
  logs.enable("debug", true);
  assert.equal(logs.get("debug/x").effective, true);
  logs.enable("debug/x", false);
  logs.get("debug/x").log("off\n");
  logs.get("debug").log("on\n");
  assert.deepEqual(written, ["err:on\n"]);
});
