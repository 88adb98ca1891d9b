/** Running programs to their end: output, limits, stubborn programs, cancellation. */
import assert from "node:assert/strict";
import { openDescriptors } from "../../../runtime/posix/descriptors.ts";
import type { Children } from "../../../runtime/process/children.ts";
import {
  type ProgramEnd,
  runToEnd,
} from "../../../runtime/process/run_to_end.ts";
import { childrenTest, until } from "../../support/children.ts";

function shell(
  children: Children,
  command: string,
  timeoutMs = 20_000,
): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    const argv = ["sh", "-c", command];
    runToEnd(children, { path: "/bin/sh", argv, env: [], timeoutMs }, resolve);
  });
}

childrenTest("runToEnd() gives status, output and errors", async (children) => {
  assert.deepEqual(await shell(children, "echo out; echo err >&2; exit 3"), {
    status: 3 << 8,
    stdout: "out\n",
    stderr: "err\n",
    runs: false,
  });
  assert.deepEqual(await shell(children, ":"), {
    status: 0,
    stdout: "",
    stderr: "",
    runs: false,
  });
});

childrenTest(
  "runToEnd() gives a program no input, and takes megabytes of both outputs",
  async (children) => {
    const end = await shell(
      children,
      "cat; head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2; head -c 10 /dev/zero",
    );
    assert.equal(end.status, 0);
    assert.equal(end.stdout?.length, 3_000_010);
    assert.equal(end.stderr?.length, 3_000_000);
  },
);

childrenTest(
  "runToEnd() ends a program that is over its time",
  async (children) => {
    const end = await shell(children, "echo out; exec sleep 1000", 20);
    assert.deepEqual(end, {
      status: undefined,
      stdout: undefined,
      stderr: undefined,
      runs: false,
    });
    assert.equal(children.size, 0);
  },
);

childrenTest(
  "runToEnd() limits each step: closed outputs are told though the program hangs",
  async (children) => {
    const end = await shell(
      children,
      "echo out; echo err >&2; exec >&- 2>&-; exec sleep 1000",
      200,
    );
    assert.deepEqual(end, {
      status: undefined,
      stdout: "out\n",
      stderr: "err\n",
      runs: false,
    });
  },
);

childrenTest(
  "runToEnd() makes a program end that ignores SIGTERM",
  async (children) => {
    const end = await shell(
      children,
      "trap '' TERM; while :; do sleep 0.05; done",
      100,
    );
    assert.equal(end.status, undefined);
    assert.equal(end.runs, false);
    assert.equal(children.size, 0);
  },
);

childrenTest(
  "disposing of a run kills the program and calls nobody",
  async (children) => {
    await shell(children, ":"); // starts the watch
    const before = openDescriptors().size;
    for (let i = 0; i < 20; i++) {
      const run = runToEnd(
        children,
        {
          path: "/bin/sleep",
          argv: ["sleep", "1000"],
          env: [],
          timeoutMs: 20_000,
        },
        () => assert.fail("called"),
      );
      run[Symbol.dispose]();
      run[Symbol.dispose]();
    }
    await until(() => children.size === 0);
    assert.equal(openDescriptors().size, before);
  },
);

childrenTest("runToEnd() throws when there is no such program", (children) => {
  assert.throws(
    () =>
      runToEnd(
        children,
        { path: "/nonexistent", argv: [], env: [], timeoutMs: 1 },
        () => assert.fail("called"),
      ),
    { name: "PosixError", code: "ENOENT" },
  );
});
