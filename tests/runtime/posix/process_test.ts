/** Identity, signals and limits. */
import assert from "node:assert/strict";
import {
  EINVAL,
  ESRCH,
  RLIMIT_NOFILE,
  RLIMIT_STACK,
} from "../../../runtime/posix/constants.ts";
import { errno } from "../../../runtime/posix/libc.ts";
import { PosixError } from "../../../runtime/posix/posix_error.ts";
import {
  exitNow,
  kill,
  resourceLimit,
  threadId,
} from "../../../runtime/posix/process.ts";
import { runProgram } from "../../support/eventer.ts";

Deno.test("threadId() names a thread of this process", () => {
  const info = Deno.statSync(`/proc/${Deno.pid}/task/${threadId()}`);
  assert.equal(info.isDirectory, true);
});

Deno.test("kill() with 0 tells whether a process is there", async () => {
  assert.equal(kill(Deno.pid, 0), 0);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["--version"],
    stdout: "null",
  }).spawn();
  await child.status;
  const result = kill(child.pid, 0);
  const number = errno();
  assert.equal(result, -1);
  assert.equal(number, ESRCH);
});

Deno.test("kill() ends a process", async () => {
  const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
  assert.equal(kill(child.pid, 15), 0);
  assert.equal((await child.status).signal, "SIGTERM");
});

Deno.test("resourceLimit() agrees with the shell", async () => {
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", "ulimit -Sn; ulimit -Hn; ulimit -Ss; ulimit -Hs"],
  }).output();
  const value = (text: string | undefined, unit: number) =>
    text === "unlimited" ? Infinity : Number(text) * unit;
  const lines = new TextDecoder().decode(stdout).split("\n");
  // Deno raises its own soft limit of descriptors, and its children do not inherit that.
  const files = resourceLimit(RLIMIT_NOFILE);
  assert.equal(files.hard, value(lines[1], 1));
  assert.ok(files.soft >= value(lines[0], 1) && files.soft <= files.hard);
  assert.deepEqual(resourceLimit(RLIMIT_STACK), {
    soft: value(lines[2], 1024),
    hard: value(lines[3], 1024),
  });
});

Deno.test("resourceLimit() throws for what is no resource", () => {
  assert.throws(() => resourceLimit(10_000), (error) => {
    assert.ok(error instanceof PosixError);
    assert.equal(error.errno, EINVAL);
    return true;
  });
});

Deno.test("exitNow() ends the process with its status", async () => {
  assert.equal(typeof exitNow, "function");
  const { code, stdout } = await runProgram(`
    import { exitNow } from "project:runtime/posix/process.ts";
    addEventListener("unload", () => console.log("unload"));
    exitNow(7);
  `);
  assert.equal(code, 7);
  assert.equal(stdout, "");
});
