/**
 * A signal that arrived within the first tenths of a second of a busy loop was
 * lost: the listener of the main thread cannot run, and the worker that listens
 * beside it was not there yet. The program then ran for ever.
 */
import assert from "node:assert/strict";
import { ROOT, run, TestFolder } from "../support/luamtev.ts";

for (const signal of ["INT", "TERM"]) {
  Deno.test(`luamtev ends on SIG${signal} sent as soon as a loop is busy`, async () => {
    using folder = new TestFolder();
    const path = folder.module(
      `function main() io.popen("kill -${signal} $PPID"):close() while true do end end`,
    );
    const { code, stderr } = await run(`${ROOT}bin/luamtev`, [path]);
    assert.deepEqual({ code, stderr }, {
      code: 2,
      stderr:
        `[TERMINATE] received sig${signal.toLowerCase()}, shutting down.\n`,
    });
  });
}
