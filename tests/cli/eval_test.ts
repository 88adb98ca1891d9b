/** Lua code that comes from the command line (`--eval`) or standard input (`-`). */
import assert from "node:assert/strict";
import { luamtev, type RunOptions, TestFolder } from "../support/luamtev.ts";

const TERMINATING = "Unrecoverable run-time error. Terminating.\n";

async function expectRun(
  args: readonly string[],
  expected: { code: number; stdout?: string; stderr?: string },
  options?: RunOptions,
): Promise<void> {
  const { code, stdout, stderr } = await luamtev(args, options);
  assert.deepEqual({ code, stdout, stderr }, {
    stdout: "",
    stderr: "",
    ...expected,
  });
}

Deno.test("--eval runs code that waits, prints nothing itself, ends with 0", async () => {
  await expectRun([
    "--eval",
    `mtev.coroutine_spawn(function() mtev.sleep(1000) print("too late") end)
    mtev.sleep(0.001)
    io.write(table.concat({...}, ","), "|", table.concat(arg, ","))
    return "not printed"`,
    "a",
    "-h",
    "\u00e9",
  ], { code: 0, stdout: "a,-h,\u00e9|a,-h,\u00e9" });
});

Deno.test("--eval ends with the status of os.exit", async () => {
  await expectRun(["--eval=os.exit(7)"], { code: 7 });
});

Deno.test("--eval reports an error as that of a module", async () => {
  await expectRun(["--eval", "error('boom')"], {
    code: 255,
    stderr: `lua coro resume failed: 2
lua error: (command line):1: boom
stack traceback:
\t(command line):1: in main chunk
${TERMINATING}`,
  });
});

Deno.test("--eval reports a syntax error", async () => {
  await expectRun(["--eval", "x x"], {
    code: 255,
    stderr: `lua: (command line):1: '=' expected near 'x'
stack traceback:
${TERMINATING}`,
  });
});

Deno.test("--eval needs code, and a state of its own", async () => {
  const { code, stderr } = await luamtev(["--eval"]);
  assert.equal(code, 2);
  assert.match(stderr, /^luamtev: option '--eval' requires an argument\nUsage/);
  await expectRun(["--concurrent", "--eval", "x = 1"], {
    code: 2,
    stderr: "luamtev: --eval runs in one state: leave out --concurrent\n",
  });
});

const MODULE = `#!/usr/bin/env luamtev
module(..., package.seeall)
function start() print(_NAME, arg[1], arg[2], io.read()) os.exit(0) end`;

Deno.test("luamtev - runs the module on standard input", async () => {
  await expectRun(["-e", "start", "-", "x"], {
    code: 0,
    stdout: "-\t-\tx\tnil\n",
  }, { stdin: MODULE });
});

Deno.test("luamtev - runs the module again in a reloaded state", async () => {
  const stdin = `module(..., package.seeall)
function main()
  local generation = mtev.shared_seq("generation")
  if generation < 2 then mtev.runtime_reload() return end
  print("generation", generation)
  os.exit(0)
end`;
  await expectRun(["-"], { code: 0, stdout: "generation\t2\n" }, { stdin });
});

Deno.test("luamtev - runs in several states", async () => {
  const stdin = `module(..., package.seeall)
function main()
  if mtev.shared_seq("up") == 1 then print("both") os.exit(0) end
end`;
  await expectRun(["--concurrent", "-n2", "-"], {
    code: 0,
    stdout: "both\n",
  }, { stdin });
});

Deno.test("luamtev - calls the source stdin in messages", async () => {
  await expectRun(["-"], {
    code: 255,
    stderr: `lua: require - failed
lua: error loading module '-' from file 'stdin':
\tstdin:2: '=' expected near 'x'
stack traceback:
${TERMINATING}`,
  }, { stdin: "\nx x" });
});

Deno.test("luamtev without a file and without a terminal starts no REPL", async () => {
  using folder = new TestFolder();
  const history = `${folder.path}/history`;
  const { code, stderr } = await luamtev([], {
    stdin: "print(1)\n",
    env: { LUAMTEV_HISTORY: history },
  });
  assert.equal(code, 2);
  assert.match(stderr, /^Usage: luamtev/);
});
