/** `luamtev -c`: what the program takes from a configuration file. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { luamtev, type Result, TestFolder } from "../support/luamtev.ts";

/** A configuration whose lua_general has these values. */
function configuration(config: string, rest = "", root = "<cli>"): string {
  return `${root}<modules><generic image="lua_mtev" name="lua_general">
    <config>${config}</config></generic></modules>${rest}</cli>`;
}

async function runWith(
  xml: string,
  body: string,
  args: readonly string[] = [],
): Promise<Result> {
  using folder = new TestFolder();
  const file = folder.write("main.conf", xml);
  const module = folder.module(body);
  return await luamtev([...args, "-c", file, module, "a", "-b"]);
}

Deno.test("the entry function, the search path and the arguments", async () => {
  using folder = new TestFolder();
  folder.write("lib/helper.lua", "return 'helper'");
  const file = folder.write(
    "main.conf",
    configuration(
      `<lua_function>start</lua_function>
       <directory>${folder.path}/lib/?.lua;{mtev.lua_path};{package.path}</directory>`,
    ),
  );
  const module = folder.module(`
    function start()
      io.write(require("helper"), " ", arg[2], " ", tostring(package.path:find("{", 1, true)), "\\n")
      io.write(mtev.conf("/cli/modules/generic/config/lua_module"), "\\n")
      os.exit(3)
    end`);
  const { code, stdout, stderr } = await luamtev(
    ["-e", "main", "-c", file, module, "a"],
  );
  deepStrictEqual(
    { code, stdout, stderr },
    { code: 3, stdout: `helper a nil\n${module}\n`, stderr: "" },
  );
});

Deno.test("modules are loaded before, those that fail are told of", async () => {
  using folder = new TestFolder();
  folder.write("one.lua", "LOADED = 'one'");
  const file = folder.write(
    "main.conf",
    configuration(
      `<preloads>one, none</preloads><directory>${folder.path}/?.lua</directory>`,
    ),
  );
  const module = folder.module("function main() print(LOADED) os.exit(0) end");
  const { stdout, stderr } = await luamtev(["-c", file, module]);
  strictEqual(stdout, "one\n");
  match(stderr, /^lua: require none failed: .*none/);
});

Deno.test("hooks call functions of modules, and one that fails is told of", async () => {
  using folder = new TestFolder();
  folder.module(
    `
    function started() print("started") end
    function fails() error("no luck") end
    mtev.hook("eventer_started", "hooks", "hooks.fails")
    mtev.hook("eventer_started", "hooks", "hooks.started")
    mtev.hook("eventer_started", "hooks", "hooks.started")`,
    "hooks.lua",
  );
  const file = folder.write(
    "main.conf",
    configuration(
      `<preloads>hooks</preloads><directory>${folder.path}/?.lua</directory>`,
    ),
  );
  const module = folder.module("function main() print('main') os.exit(0) end");
  const { stdout, stderr } = await luamtev(["-c", file, module]);
  strictEqual(stdout, "started\nmain\n");
  match(stderr, /^lua: hook eventer_started: .*no luck\n$/);
});

Deno.test("an uncaught error ends the program only when tragedies terminate", async () => {
  const body = `function main()
    mtev.coroutine_spawn(function()
      mtev.sleep(0.02)
      print("alive")
      os.exit(0)
    end)
    error("tragedy")
  end`;
  const alive = await runWith(configuration(""), body);
  strictEqual(alive.code, 0);
  strictEqual(alive.stdout, "alive\n");
  match(alive.stderr, /^lua coro resume failed: 2\nlua error: .*tragedy\n/);
  match(alive.stderr, /lua dispatch error: -1\n$/);
  for (const word of ["true", "Yes"]) {
    const dead = await runWith(
      configuration(`<tragedy_terminates>${word}</tragedy_terminates>`),
      body,
    );
    strictEqual(dead.code, 255);
    match(dead.stderr, /Unrecoverable run-time error\. Terminating\.\n$/);
  }
});

Deno.test("interrupt_time bounds how long a coroutine runs without waiting", async () => {
  const raised = await runWith(
    configuration("<interrupt_time>0.05</interrupt_time>"),
    `function main()
      local ok, problem = pcall(function() while true do end end)
      print(ok, (problem:gsub("^.*: ", "")))
      os.exit(0)
    end`,
  );
  strictEqual(raised.stdout, "false\tinterrupted!\n");
  const preempted = await runWith(
    configuration(
      "<interrupt_time>0.02</interrupt_time><interrupt_mode>preempt</interrupt_mode>",
    ),
    `function main()
      local others = 0
      mtev.coroutine_spawn(function()
        while true do others = others + 1 mtev.sleep(0.001) end
      end)
      while others < 5 do end
      print("others ran")
      os.exit(0)
    end`,
  );
  strictEqual(preempted.stdout, "others ran\n");
  const wrong = await runWith(
    configuration("<interrupt_mode>often</interrupt_mode>"),
    "function main() os.exit(0) end",
  );
  strictEqual(wrong.code, 2);
  strictEqual(
    wrong.stderr,
    "luamtev: interrupt_mode is 'error' or 'preempt', not 'often'\n",
  );
});

Deno.test("concurrent runs the entry function on each event loop", async () => {
  const { stdout } = await runWith(
    configuration(
      "<concurrent>on</concurrent>",
      "<eventer><config><concurrency>2</concurrency></config></eventer>",
    ),
    `function main()
      local _, loop = mtev.thread_self()
      mtev.shared_notify("ran", mtev.eventer_loop_concurrency())
      if loop > 0 then return end
      local function deep() return 1 + deep() end
      assert(not pcall(deep)) -- on the smaller stack of a worker
      print(mtev.shared_waitfor("ran", 20), mtev.shared_waitfor("ran", 20))
      os.exit(0)
    end`,
  );
  strictEqual(stdout, "2\t2\n");
});

Deno.test("one of two processes has the lock", async () => {
  using folder = new TestFolder();
  const file = folder.write(
    "main.conf",
    configuration("", "", `<cli lockfile="${folder.path}/lock">`),
  );
  const program = new URL("../../bin/luamtev", import.meta.url).pathname;
  const holder = folder.module(`function main()
    local env = {}
    for name, value in pairs(ENV) do env[#env + 1] = name .. "=" .. value end
    local status, out, err = mtev.exec("${program}",
      { "luamtev", "-c", "${file}", "${folder.path}/second.lua" }, env, 25)
    io.write(mtev.WEXITSTATUS(status), " ", out, err)
    os.exit(0)
  end`);
  folder.module("function main() print('second') os.exit(0) end", "second.lua");
  const { stdout } = await luamtev(["-c", file, holder]);
  strictEqual(
    stdout,
    `255 Failed to acquire lock: ${folder.path}/lock: Resource temporarily unavailable\n`,
  );
  // When the first one has ended it is free.
  const { stdout: later } = await luamtev([
    "-c",
    file,
    `${folder.path}/second.lua`,
  ]);
  strictEqual(later, "second\n");
});

Deno.test("a configuration without lua_general runs nothing, and says so", async () => {
  const { code, stderr } = await runWith(
    `<cli><modules><generic image="lua_mtev" name="other"/></modules></cli>`,
    "function main() os.exit(0) end",
  );
  strictEqual(code, 2);
  match(stderr, /^luamtev: the configuration has no module lua_general/);
});

Deno.test({
  name: "-u and -g give up rights, by name and number",
  ignore: Deno.uid() !== 0, // only the superuser can
}, async () => {
  using folder = new TestFolder();
  Deno.chmodSync(folder.path, 0o755);
  const module = folder.module(`function main()
    io.write((io.popen("id -u; id -g"):read("*a"):gsub("\\n", " ")), "\\n")
    os.exit(0)
  end`);
  const byNumber = await luamtev(["-u", "65534", "-g", "65534", module]);
  strictEqual(byNumber.stdout, "65534 65534 \n", byNumber.stderr);
  const byName = await luamtev(["-u", "nobody", "-g", "nogroup", module]);
  strictEqual(byName.stdout, "65534 65534 \n", byName.stderr);
  const unknown = await luamtev(["-u", "no-such-user", module]);
  deepStrictEqual(
    { code: unknown.code, stderr: unknown.stderr },
    { code: 2, stderr: "luamtev: unknown user 'no-such-user'\n" },
  );
});

Deno.test("a configuration that cannot be read is told of", async () => {
  using folder = new TestFolder();
  const file = folder.write("file", "");
  const cases = [
    [`${folder.path}/none`, "No such file or directory"],
    [folder.path, "Is a directory"],
    [`${file}/x.conf`, "Not a directory"],
  ] as const;
  for (const [path, reason] of cases) {
    const { code, stderr } = await luamtev(["-c", path, "x.lua"]);
    deepStrictEqual({ code, stderr }, {
      code: 2,
      stderr: `cannot read ${path}: ${reason}\n` +
        `[TERMINATE] Cannot load config: '${path}'\n`,
    });
  }
});
