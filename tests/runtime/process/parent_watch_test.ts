/** What becomes of children when their parent dies. */
import assert from "node:assert/strict";
import { within } from "../../support/eventer.ts";
import { isAlive, until } from "../../support/children.ts";
import { ROOT, TestFolder } from "../../support/luamtev.ts";

/** A program with three children, one of which has ended; it prints the others' pids and waits. */
const PROGRAM = `
function main()
  local pids = {}
  for i = 1, 3 do
    local process = mtev.spawn("/bin/sh", { "sh", "-c", "trap '' TERM HUP PIPE; while :; do sleep 1; done" })
    pids[i], _G["keep" .. i] = process:pid(), process
  end
  keep2:kill(9) keep2:wait(5)
  print(pids[1], pids[3])
  mtev.waitfor("go")
end`;

/** The pids of a parent that has ended, and of the children that it left. */
interface Family {
  readonly parent: number;
  readonly children: readonly number[];
}

async function parentThat(
  end: (parent: Deno.ChildProcess) => void,
  body = PROGRAM,
): Promise<Family> {
  using folder = new TestFolder();
  const parent = new Deno.Command(`${ROOT}bin/luamtev`, {
    args: [folder.module(body)],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = parent.stdout.getReader();
  try {
    const { value } = await within(reader.read());
    const line = new TextDecoder().decode(value);
    assert.match(line, /^\d+\t\d+\n$/);
    end(parent);
    await within(parent.status);
    return {
      parent: parent.pid,
      children: line.trim().split("\t").map(Number),
    };
  } finally {
    await reader.cancel();
  }
}

for (const signal of ["SIGKILL", "SIGTERM", "SIGABRT", "SIGHUP"] as const) {
  Deno.test(`children end when ${signal} ends their parent`, async () => {
    const { children } = await parentThat((parent) => parent.kill(signal));
    await within(until(() => !children.some(isAlive)));
  });
}

Deno.test("children end when an error ends their parent", async () => {
  const failing = PROGRAM.replace('mtev.waitfor("go")', 'error("over")');
  const { children } = await parentThat(() => {}, failing);
  await within(until(() => !children.some(isAlive)));
});

Deno.test("os.exit() lets children go on", async () => {
  const leaving = PROGRAM.replace('mtev.waitfor("go")', "os.exit(0)");
  const { parent, children } = await parentThat(() => {}, leaving);
  await within(until(() => !isWatched(parent)));
  for (const pid of children) {
    assert.ok(isAlive(pid));
    Deno.kill(pid, "SIGKILL");
  }
});

/** Whether the shell that watches over a parent's children is still there. */
function isWatched(parent: number): boolean {
  const { stdout } = new Deno.Command("ps", { args: ["-eo", "args="] })
    .outputSync();
  return new TextDecoder().decode(stdout).includes(
    `children of process ${parent} `,
  );
}
