/** Signals and ends of children, however they end. */
import assert from "node:assert/strict";
import { ESRCH } from "../../../runtime/posix/constants.ts";
import { openDescriptors, read } from "../../../runtime/posix/descriptors.ts";
import {
  wexitstatus,
  wifcontinued,
  wifexited,
  wifsignaled,
  wifstopped,
  wstopsig,
  wtermsig,
} from "../../../runtime/process/wait_status.ts";
import {
  childrenTest,
  closePipes,
  ended,
  shell,
  until,
} from "../../support/children.ts";

const SIGCONT = 18, SIGKILL = 9, SIGSTOP = 19, SIGTERM = 15;

childrenTest("wait() tells exit codes and signals", async (children) => {
  for (const code of [0, 1, 7, 255]) {
    const status = await ended(shell(children, `exit ${code}`));
    assert.ok(wifexited(status) && !wifsignaled(status));
    assert.equal(wexitstatus(status), code);
  }
  for (const signal of [1, 9, 15]) {
    const status = await ended(shell(children, `kill -${signal} $$`));
    assert.ok(wifsignaled(status) && !wifexited(status));
    assert.equal(wtermsig(status), signal);
  }
});

childrenTest(
  "a child that has ended keeps its pid until it is polled",
  async (children) => {
    const child = shell(children, "exit 3");
    await until(() =>
      /\) Z /.test(Deno.readTextFileSync(`/proc/${child.pid}/stat`))
    );
    assert.equal(child.kill(0), 0);
    assert.equal(child.status, undefined);
    assert.equal(child.poll(), 3 << 8);
    assert.equal(child.kill(0), -ESRCH);
    assert.equal(child.poll(), 3 << 8);
    assert.equal(await ended(child), 3 << 8);
  },
);

childrenTest(
  "several waits for one child all end, cancelled ones do not call",
  async (children) => {
    const child = shell(
      children,
      "read x; exit 5".replace("read x;", "sleep 0.01;"),
    );
    let called = false;
    const cancelled = child.wait(() => called = true);
    const others = [ended(child), ended(child), ended(child)];
    cancelled.cancel();
    assert.deepEqual(await Promise.all(others), [5 << 8, 5 << 8, 5 << 8]);
    assert.equal(called, false);
  },
);

childrenTest("a wait may be cancelled and begun again", async (children) => {
  const child = shell(children, "exec sleep 1000");
  child.wait(() => assert.fail("called")).cancel();
  child.wait(() => assert.fail("called")).cancel();
  child.kill(SIGKILL);
  assert.equal(await ended(child), SIGKILL);
});

childrenTest(
  "a child that ignores SIGTERM ends by SIGKILL",
  async (children) => {
    const { process, stdin, stdout, stderr } = children.spawn("/bin/sh", [
      "sh",
      "-c",
      "trap '' TERM; echo ready; while :; do sleep 1; done",
    ], []);
    const byte = new Uint8Array(6);
    await until(() => read(stdout, byte) === 6); // the trap is set
    assert.equal(process.kill(SIGTERM), 0);
    assert.equal(process.poll(), undefined);
    assert.equal(process.kill(SIGKILL), 0);
    assert.equal(await ended(process), SIGKILL);
    closePipes({ process, stdin, stdout, stderr });
  },
);

childrenTest(
  "watchStops() tells of stops and continuations, waits do not",
  async (children) => {
    const child = shell(children, "exec sleep 1000");
    const end = ended(child);
    const told: number[] = [];
    let next = Promise.withResolvers<void>();
    using _ = child.watchStops((status) => {
      told.push(status);
      next.resolve();
    });
    child.kill(SIGSTOP);
    await next.promise;
    next = Promise.withResolvers();
    child.kill(SIGCONT);
    await next.promise;
    child.kill(SIGKILL);
    assert.equal(await end, SIGKILL);
    assert.equal(told.length, 2);
    assert.ok(wifstopped(told[0]!));
    assert.equal(wstopsig(told[0]!), SIGSTOP);
    assert.ok(wifcontinued(told[1]!));
  },
);

childrenTest(
  "killGroup() reaches a group that the child leads",
  async (children) => {
    const plain = shell(children, "exec sleep 1000");
    assert.equal(plain.killGroup(SIGTERM), -ESRCH);
    plain.kill(SIGKILL);
    await ended(plain);
    const { process, stdin, stdout, stderr } = children.spawn(
      "setsid",
      ["setsid", "sh", "-c", "sleep 1000 & echo ready; wait"],
      ["PATH=/usr/bin:/bin"],
    );
    await until(() => read(stdout, new Uint8Array(6)) === 6);
    assert.equal(process.killGroup(SIGKILL), 0);
    assert.equal(await ended(process), SIGKILL);
    closePipes({ process, stdin, stdout, stderr });
  },
);

childrenTest(
  "100 children killed in mid-write: each status right, nothing left open",
  async (children) => {
    const first = shell(children, "exit 0");
    await ended(first);
    const before = openDescriptors().size;
    const all = Array.from(
      { length: 100 },
      () => children.spawn("/usr/bin/yes", ["yes"], []),
    );
    const bytes = new Uint8Array(4096);
    for (const { stdout } of all) await until(() => read(stdout, bytes) > 0);
    const statuses = all.map(({ process }) => ended(process));
    for (const { process } of all) assert.equal(process.kill(SIGKILL), 0);
    for (const status of statuses) assert.equal(await status, SIGKILL);
    for (const child of all) closePipes(child);
    assert.equal(openDescriptors().size, before);
    assert.equal(children.size, 0);
  },
);
