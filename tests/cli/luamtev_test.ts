/**
 * The luamtev program as a user meets it: messages and exit statuses
 * (mtev-lua-api.md §16). What every module prints otherwise is the business of
 * the conformance corpus.
 */
import assert from "node:assert/strict";
import { luamtev, ROOT, run, TestFolder } from "../support/luamtev.ts";

const TERMINATING = "Unrecoverable run-time error. Terminating.\n";

async function expectRun(
  args: readonly string[],
  expected: { code: number; stdout?: string; stderr?: string },
): Promise<void> {
  const { code, stdout, stderr } = await luamtev(args);
  assert.deepEqual({ code, stdout, stderr }, {
    stdout: "",
    stderr: "",
    ...expected,
  });
}

Deno.test("luamtev -h prints the usage on stdout", async () => {
  const { code, stdout, stderr } = await luamtev(["-h"]);
  assert.match(stdout, /^Usage: luamtev \[options\] luafile/);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
});

Deno.test("luamtev without a file prints the usage on stderr", async () => {
  const { code, stdout, stderr } = await luamtev([]);
  assert.match(stderr, /^Usage: luamtev \[options\] luafile/);
  assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
});

Deno.test("luamtev --version names the version in deno.json", async () => {
  const { version } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  const { code, stdout } = await luamtev(["--version"]);
  assert.equal(code, 0);
  assert.match(
    stdout,
    new RegExp(
      `^luamtev ${version} \\(engine \\w+, deno \\d+\\.\\d+\\.\\d+\\)\n$`,
    ),
  );
});

Deno.test("luamtev reports an unknown option and goes on", async () => {
  using folder = new TestFolder();
  const path = folder.module('function main() print("ran") os.exit(0) end');
  await expectRun(["-q", path], {
    code: 0,
    stdout: "ran\n",
    stderr: "luamtev: invalid option -- 'q'\n",
  });
});

Deno.test("luamtev refuses options whose subsystem is not there", async () => {
  await expectRun(["-i", "x.lua"], {
    code: 2,
    stderr:
      "luamtev: option -i is not supported yet: the interactive console\n",
  });
});

Deno.test("luamtev refuses an unknown engine", async () => {
  await expectRun(["--engine=warp", "x.lua"], {
    code: 2,
    stderr: "luamtev: unknown engine 'warp'\n",
  });
});

Deno.test("luamtev reports a path that leads nowhere", async () => {
  using folder = new TestFolder();
  const file = folder.write("file", "");
  await expectRun([`${file}/x.lua`], {
    code: 2,
    stderr: `Bad file: ${file}/x.lua\n`,
  });
  Deno.symlinkSync("loop", `${folder.path}/loop`);
  await expectRun([`${folder.path}/loop`], {
    code: 2,
    stderr: `Bad file: ${folder.path}/loop\n`,
  });
});

Deno.test("luamtev reports a missing module", async () => {
  using folder = new TestFolder();
  const path = `${folder.path}/missing.lua`;
  await expectRun([path], {
    code: 255,
    stderr: `lua: require ${path} failed
lua: error loading module '${path}' from file '${path}':
\tcannot open ${path}: No such file or directory
stack traceback:
${TERMINATING}`,
  });
});

Deno.test("luamtev reports a folder in place of a module", async () => {
  using folder = new TestFolder();
  const { path } = folder;
  await expectRun([path], {
    code: 255,
    stderr: `lua: require ${path} failed
lua: error loading module '${path}' from file '${path}':
\tcannot read ${path}: Is a directory
stack traceback:
${TERMINATING}`,
  });
});

Deno.test("luamtev reports an unreadable module", async () => {
  using folder = new TestFolder();
  const path = folder.module("function main() end");
  Deno.chmodSync(path, 0o000);
  // Root may read everything, unless it gives that up.
  const { code, stderr } = Deno.uid() === 0
    ? await run("setpriv", [
      "--bounding-set=-dac_override,-dac_read_search",
      "--inh-caps=-dac_override,-dac_read_search",
      `${ROOT}bin/luamtev`,
      path,
    ])
    : await luamtev([path]);
  assert.equal(code, 255, stderr);
  assert.match(stderr, /\n\tcannot open \/.*x\.lua: Permission denied\n/);
});

Deno.test("luamtev reports a syntax error", async () => {
  using folder = new TestFolder();
  const path = folder.module("function main()\n  print((\nend");
  const { code, stderr } = await luamtev([path]);
  assert.equal(code, 255);
  assert.equal(
    stderr,
    `lua: require ${path} failed
lua: error loading module '${path}' from file '${path}':
\t${path}:4: unexpected symbol near 'end'
stack traceback:
${TERMINATING}`,
  );
});

Deno.test("luamtev reports a module without a module table", async () => {
  using folder = new TestFolder();
  const path = folder.write("x.lua", "function main() end");
  await expectRun([path], {
    code: 255,
    stderr: `lua dispatch error: no such module: '${path}'\n${TERMINATING}`,
  });
});

Deno.test("luamtev accepts a module that returns a table", async () => {
  using folder = new TestFolder();
  const path = folder.write(
    "x.lua",
    'return { start = function() print("started") os.exit(0) end }',
  );
  await expectRun(["-e", "start", path], { code: 0, stdout: "started\n" });
});

Deno.test("luamtev reports a missing entry function", async () => {
  using folder = new TestFolder();
  const path = folder.module("function main() end");
  await expectRun(["-e", "start", path], {
    code: 255,
    stderr:
      `lua dispatch error: no function 'start' in module '${path}'\n${TERMINATING}`,
  });
});

Deno.test("luamtev reports an error of main with its traceback", async () => {
  using folder = new TestFolder();
  const path = folder.module(
    'function main()\n  error("boom")\nend',
  );
  await expectRun([path], {
    code: 255,
    stderr: `lua coro resume failed: 2
lua error: ${path}:3: boom
stack traceback:
\t${path}:3: in function <${path}:2>
${TERMINATING}`,
  });
});

Deno.test("luamtev names the place where a failed coroutine was spawned", async () => {
  using folder = new TestFolder();
  const path = folder.module(`
local function deep() error("inside") end
function main()
  mtev.coroutine_spawn(function()
    mtev.sleep(0)
    deep()
  end)
end`);
  await expectRun([path], {
    code: 255,
    stderr: `lua coro resume failed: 2
lua error: ${path}:3: inside
stack traceback:
\t${path}:3: in function 'deep'
\t${path}:7: in function <${path}:5>
coroutine spawned at ${path}:5
${TERMINATING}`,
  });
});

Deno.test("luamtev reports error values that are no strings", async () => {
  using folder = new TestFolder();
  const table = folder.module("function main() error({}) end", "table.lua");
  await expectRun([table], {
    code: 255,
    stderr: `lua coro resume failed: 2\n${TERMINATING}`,
  });
  const object = folder.module(
    `function main()
  error(setmetatable({}, {__tostring = function() return "an object" end}))
end`,
    "object.lua",
  );
  await expectRun([object], {
    code: 255,
    stderr: `lua coro resume failed: 2
lua error: an object
stack traceback:
\t${object}:3: in function <${object}:2>
${TERMINATING}`,
  });
});

Deno.test("luamtev with a closed stdout lets the module decide its status", async () => {
  using folder = new TestFolder();
  const path = folder.module(`function main()
  for i = 1, 20000 do print("line", i) end
  os.exit(7)
end`);
  const { code, stdout, stderr } = await run("bash", [
    "-c",
    '"$0" "$1" | head -1; exit "${PIPESTATUS[0]}"',
    `${ROOT}bin/luamtev`,
    path,
  ]);
  assert.deepEqual({ code, stdout, stderr }, {
    code: 7,
    stdout: "line\t1\n",
    stderr: "",
  });
});

/** Starts luamtev, waits for its first output, sends a signal. */
async function signalled(
  path: string,
  signals: readonly Deno.Signal[],
): Promise<{ code: number; stderr: string }> {
  const child = new Deno.Command(`${ROOT}bin/luamtev`, {
    args: [path],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const deadline = setTimeout(() => child.kill("SIGKILL"), 30_000);
  const reader = child.stdout.getReader();
  await reader.read();
  for (const signal of signals) child.kill(signal);
  const stderr = await new Response(child.stderr).text();
  await reader.cancel();
  const { code } = await child.status;
  clearTimeout(deadline);
  return { code, stderr };
}

for (const signal of ["SIGINT", "SIGTERM", "SIGQUIT"] as const) {
  Deno.test(`luamtev ends on ${signal} with status 2`, async () => {
    using folder = new TestFolder();
    const path = folder.module('function main() print("up") end');
    assert.deepEqual(await signalled(path, [signal]), {
      code: 2,
      stderr: `[TERMINATE] received ${signal.toLowerCase()}, shutting down.\n`,
    });
  });
}

Deno.test("luamtev ends once on two signals in a row", async () => {
  using folder = new TestFolder();
  const path = folder.module('function main() print("up") end');
  assert.deepEqual(await signalled(path, ["SIGINT", "SIGINT"]), {
    code: 2,
    stderr: "[TERMINATE] received sigint, shutting down.\n",
  });
});

for (const signal of ["SIGINT", "SIGTERM", "SIGQUIT"] as const) {
  for (const seconds of [0, 1]) {
    Deno.test(`luamtev ends a loop busy for ${seconds} s on ${signal}`, async () => {
      using folder = new TestFolder();
      const path = folder.module(`function main()
  local start = mtev.time()
  while mtev.time() - start < ${seconds} do end
  print("up")
  while true do end
end`);
      assert.deepEqual(await signalled(path, [signal]), {
        code: 2,
        stderr:
          `[TERMINATE] received ${signal.toLowerCase()}, shutting down.\n`,
      });
    });
  }
}

Deno.test("luamtev -T prints the configuration that it would generate", async () => {
  using folder = new TestFolder();
  const path = folder.module("");
  const { code, stdout } = await luamtev(["-n", "3", "-e", "a<b", "-T", path]);
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^<\?xml version="1.0" encoding="utf8" standalone="yes"\?>/,
  );
  assert.match(stdout, /<concurrency>3<\/concurrency>/);
  assert.match(stdout, /<lua_function>a&lt;b<\/lua_function>/);
  assert.ok(stdout.includes(`<lua_module>${path}</lua_module>`));
  const unnamed = await luamtev(["-T"]);
  assert.match(unnamed.stdout, /<lua_module>unspecified.lua<\/lua_module>/);
});
