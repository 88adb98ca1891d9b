/**
 * The log streams of `luamtev -c`: the recordings of the reference
 * (tests/conformance/runtime/logs), the examples of its manual, and what may
 * go wrong with files.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { luamtev, type Result, ROOT, TestFolder } from "../support/luamtev.ts";

const RECORDINGS = `${ROOT}tests/conformance/runtime/logs`;

const EXIT_CODE_OF_THE_START = 255;

/** A document that runs Lua, with logs. */
function document(logs: string): string {
  return `<?xml version="1.0" encoding="utf8" standalone="yes"?>
<cli>
  <modules><generic image="lua_mtev" name="lua_general"><config>
    <tragedy_terminates>true</tragedy_terminates>
  </config></generic></modules>
  ${logs}
</cli>
`;
}

function write(folder: TestFolder, logs: string, main: string): string[] {
  const conf = folder.write("app.conf", document(logs));
  const module = folder.module(`function main()\n${main}\nend\n`);
  return ["-c", conf, module];
}

/** Runs `main` with logs, in a folder of its own. */
function run(
  folder: TestFolder,
  logs: string,
  main: string,
  env?: Record<string, string>,
): Promise<Result> {
  return luamtev(write(folder, logs, main), {
    cwd: folder.path,
    ...(env && { env }),
  });
}

function read(folder: TestFolder, name: string): string {
  return Deno.readTextFileSync(`${folder.path}/${name}`);
}

/** Masks what differs from run to run, as the recordings do. */
function masked(text: string): string {
  return text.replace(/\[\d{4}-\d\d-\d\d [\d:.]+\]/g, "[TS]")
    .replace(/t@\d+/g, "t@TID")
    .replace(/"threadid":\d+/g, '"threadid":TID')
    .replace(/"timestamp":"\d+\.\d{6}"/g, '"timestamp":"SEC.USEC"');
}

Deno.test("flags, formats and filters are as recorded", async () => {
  using folder = new TestFolder();
  const from = `${RECORDINGS}/basic`;
  const { code, stdout, stderr } = await luamtev(
    ["-c", `${from}/basic.conf`, `${from}/basic.lua`],
    { cwd: folder.path },
  );
  const recorded = (name: string) => Deno.readTextFileSync(`${from}/${name}`);
  assert.equal(stdout, recorded("out.stdout"));
  // On purpose: there is no line that says that the program boots.
  const booting = "[TS] cli booting [unmanaged, pid: PID]\n";
  assert.equal(booting + masked(stderr), recorded("out.stderr"));
  assert.equal(code, 0);
  const files = Array.from(Deno.readDirSync(from), ({ name }) => name)
    .filter((name) => name.endsWith(".log"));
  assert.equal(files.length, 12);
  for (const name of files) {
    assert.equal(masked(read(folder, name)), recorded(name), name);
  }
});

/** What is recorded when nothing is wrong enough to end the start. */
const GOES_ON = "124";

for (const entry of [...Deno.readDirSync(`${RECORDINGS}/bad`)]) {
  if (!entry.name.endsWith(".conf")) continue;
  const name = entry.name.slice(0, -".conf".length);
  const recorded = (ending: string) =>
    Deno.readTextFileSync(`${RECORDINGS}/bad/${name}.${ending}`);
  Deno.test(`the start with ${name} is as recorded`, async () => {
    using folder = new TestFolder();
    const logs = /<logs>.*<\/logs>/s.exec(recorded("conf"))![0]
      .replaceAll("CASES", folder.path);
    const { code, stdout, stderr } = await run(
      folder,
      logs,
      `mtev.log("error", "Ready.\\n") os.exit(0)`,
    );
    // On purpose: stderr has no timestamps.
    let expected = recorded("stderr").replaceAll("[TS] ", "");
    let status = EXIT_CODE_OF_THE_START;
    if (recorded("rc").trim() === GOES_ON) {
      status = 0;
      expected = expected.replace(/^.*booting.*\n|^.*TERMINATE.*\n/gm, "");
    }
    // Differences on purpose, see docs/compatibility_notes.md.
    expected = DIFFERENCES[name]?.(expected) ?? expected;
    assert.equal(stderr, expected);
    assert.equal(stdout, "");
    assert.equal(code, status);
  });
}

const DIFFERENCES: Readonly<Record<string, (text: string) => string>> = {
  badformat: (text) =>
    "log error: there is no format zzz, plain or json; it is plain\n" + text,
  badpath: (text) =>
    text.replace("x.log)", "x.log): No such file or directory"),
  badtype: (text) =>
    text.replace(
      "Some loggers remain disconnected.",
      "log a: there is no type zzz; lines only go to its outlets",
    ),
  // The reference crashes.
  selfoutlet: () => "Cannot configure logs: outlets form a circle: a > a\n",
};

Deno.test("the files of a configuration rotate, and nothing is lost", async () => {
  using folder = new TestFolder();
  const logs = /<logs>.*<\/logs>/s.exec(
    Deno.readTextFileSync(`${RECORDINGS}/rotate/rotate.conf`),
  )![0].replaceAll("CASES/logs/rotate", folder.path);
  const line = "x".repeat(95);
  const { code, stderr } = await run(
    folder,
    logs,
    `for i = 1, 5000 do
      for _, name in ipairs { "r1", "r2", "r3" } do
        mtev.log(name, "%06d ${line}\\n", i)
      end
    end
    os.exit(0)`,
  );
  assert.deepEqual([code, stderr], [0, ""]);
  for (const name of ["r1", "r2", "r3"]) {
    const files = Array.from(Deno.readDirSync(folder.path), ({ name }) => name)
      .filter((file) => file.startsWith(`${name}.log.`)).sort();
    assert.ok(files.length > 0, `${name} was not rotated`);
    const text = [...files, `${name}.log`]
      .map((file) => read(folder, file)).join("");
    const numbers = text.split("\n").filter(Boolean).map((line) =>
      Number(line.slice(0, 6))
    );
    // How often a file is rotated depends on how long the program takes; then
    // retain_bytes of r1 and r3 may remove the oldest ones, but no others.
    const first = numbers[0]!;
    assert.deepEqual(
      numbers,
      Array.from({ length: 5001 - first }, (_, i) => first + i),
    );
    if (name === "r2") assert.equal(first, 1);
    if (first > 1) assert.equal(files.length, name === "r3" ? 1 : 2);
  }
});

const FILE = (path: string) =>
  `<logs><log name="f" type="file" path="${path}"/></logs>`;

for (
  const [what, end, code] of [
    ["os.exit", "os.exit(3)", 3],
    ["an uncaught error", "error('so be it')", 255],
    ["SIGTERM", "mtev.sh('kill -TERM $PPID') mtev.sleep(60)", 2],
    [
      "SIGINT in a busy loop",
      "mtev.sh('kill -INT $PPID') while true do end",
      2,
    ],
  ] as const
) {
  Deno.test(`log files are complete after ${what}`, async () => {
    using folder = new TestFolder();
    const result = await run(
      folder,
      FILE("f.log"),
      `for i = 1, 1000 do mtev.log("f", "line %d\\n", i) end
       ${end}`,
    );
    assert.equal(result.code, code, result.stderr);
    const lines = read(folder, "f.log").split("\n");
    assert.deepEqual([lines.length, lines[999]], [1001, "line 1000"]);
  });
}

Deno.test("a full disk under a log ends nothing", async () => {
  using folder = new TestFolder();
  const { code, stdout, stderr } = await run(
    folder,
    FILE("/dev/full"),
    `for i = 1, 100 do mtev.log("f", "line %d\\n", i) end
     mtev.sleep(0.01)
     mtev.log("f", "more\\n")
     print("still here")
     os.exit(0)`,
  );
  assert.deepEqual([code, stdout, stderr], [
    0,
    "still here\n",
    "cannot write log file /dev/full: No space left on device\n",
  ]);
});

Deno.test("a storm of SIGHUP while files are moved loses no line", async () => {
  using folder = new TestFolder();
  const MOVES = 50;
  const child = new Deno.Command(`${ROOT}bin/luamtev`, {
    args: write(
      folder,
      FILE("f.log"),
      `print("ready")
       local count = 0
       while not io.open("stop") do
         for _ = 1, 20 do
           count = count + 1
           mtev.log("f", "%d\\n", count)
         end
         mtev.sleep(0)
       end
       print(count)
       os.exit(0)`,
    ),
    cwd: folder.path,
    stdout: "piped",
  }).spawn();
  const deadline = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  assert.equal((await output.read()).value, "ready\n");
  for (let move = 0; move < MOVES;) {
    try {
      const name = `moved.${String(move).padStart(2, "0")}`;
      Deno.renameSync(`${folder.path}/f.log`, `${folder.path}/${name}`);
      move++;
    } catch (error) {
      // It has not been opened anew yet.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    for (let i = 0; i < 10; i++) child.kill("SIGHUP");
    await new Promise((resolve) => setTimeout(resolve));
  }
  folder.write("stop", "");
  const count = Number((await output.read()).value);
  assert.equal((await child.status).code, 0);
  clearTimeout(deadline);
  await output.cancel();
  const moved = Array.from(Deno.readDirSync(folder.path), ({ name }) => name)
    .filter((name) => name.startsWith("moved")).sort();
  assert.equal(moved.length, MOVES);
  const last = existsSync(`${folder.path}/f.log`) ? ["f.log"] : [];
  const lines = [...moved, ...last].flatMap((name) =>
    read(folder, name).split("\n").filter(Boolean)
  );
  assert.equal(lines.length, count);
  lines.forEach((line, index) => assert.equal(line, String(index + 1)));
});

Deno.test("a path stays where it is when the program changes its folder", async () => {
  using folder = new TestFolder();
  Deno.mkdirSync(`${folder.path}/elsewhere`);
  const { code, stderr } = await run(
    folder,
    FILE("f.log"),
    `local ffi = require "ffi"
     ffi.cdef "int chdir(const char *);"
     mtev.log("f", "before\\n")
     mtev.sleep(0)
     os.rename("f.log", "moved.log")
     assert(ffi.C.chdir("elsewhere") == 0)
     mtev.sh("kill -HUP $PPID")
     repeat mtev.sleep(0.001) until io.open("../f.log")
     mtev.log("f", "after\\n")
     os.exit(0)`,
  );
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(read(folder, "moved.log"), "before\n");
  assert.equal(read(folder, "f.log"), "after\n");
  assert.deepEqual([...Deno.readDirSync(`${folder.path}/elsewhere`)], []);
});

Deno.test("without log files SIGHUP ends the program", async () => {
  using folder = new TestFolder();
  const { signal, code } = await run(
    folder,
    "<logs/>",
    `mtev.sh('kill -HUP $PPID') mtev.sleep(60)`,
  );
  assert.ok(signal === "SIGHUP" || code === 129, `${signal} ${code}`);
});

Deno.test("states on several threads share their log files", async () => {
  using folder = new TestFolder();
  const args = write(
    folder,
    `<eventer><config><concurrency>2</concurrency></config></eventer>` +
      FILE("f.log"),
    `local _, loop = mtev.thread_self()
     for i = 1, 2000 do mtev.log("f", "%d %d\\n", loop, i) end
     mtev.semaphore("done", -1):release()
     if loop == 0 then
       mtev.semaphore("done", -1):acquire()
       os.exit(0)
     end`,
  );
  const { code, stderr } = await luamtev(
    ["--concurrent", ...args],
    { cwd: folder.path },
  );
  assert.deepEqual([code, stderr], [0, ""]);
  const lines = read(folder, "f.log").split("\n").filter(Boolean).sort();
  const expected = [0, 1].flatMap((loop) =>
    Array.from({ length: 2000 }, (_, i) => `${loop} ${i + 1}`)
  ).sort();
  assert.deepEqual(lines, expected);
});

Deno.test("-l switches on what the configuration has off, -d debugging", async () => {
  using folder = new TestFolder();
  const logs = `<logs><outlet name="stdout"/>
    <log name="app" disabled="true"/><log name="debug" disabled="true"/></logs>`;
  const args = write(
    folder,
    logs,
    `mtev.log("app", "app\\n") mtev.log("debug/x", "debug\\n") os.exit(0)`,
  );
  const outputs = await Promise.all(
    [[], ["-l", "app"], ["-d"], ["-d", "-l", "app"]].map(async (options) =>
      (await luamtev([...options, ...args])).stdout
    ),
  );
  assert.deepEqual(outputs, ["", "app\n", "debug\n", "app\ndebug\n"]);
});

// The example of the manual: what it shows, in other words.
const MANUAL = `<logs>
  <log name="recent" type="memory" path="10000,1000000" require_env="RECENT"/>
  <log name="kept" type="file" path="app.log" rotate_bytes="10000000"
       retain_bytes="50000000" timestamps="on"/>
  <log name="http/access" type="jlog" path="access.feed(*)"/>
  <to_the_console>
    <outlet name="stderr"/>
    <outlet name="recent"/>
    <outlet name="kept"/>
    <log name="error"/>
  </to_the_console>
  <parts>
    <errors>
      <outlet name="error"/>
      <log name="error/disk"/>
      <log name="error/net"/>
    </errors>
    <details>
      <outlet name="debug"/>
      <log name="debug/disk" disabled="true"/>
    </details>
  </parts>
</logs>`;

for (const env of [undefined, { RECENT: "1" }]) {
  const set = env === undefined ? "unset" : "set";
  Deno.test(`the manual's example works with its variable ${set}`, async () => {
    using folder = new TestFolder();
    const { code, stdout, stderr } = await run(
      folder,
      MANUAL,
      `mtev.log("error/disk", "disk\\n")
       mtev.log("error/net/dns", "dns\\n")
       mtev.log("debug/disk", "detail\\n")
       mtev.log("http/access", "GET /\\n")
       for name in ("error/disk debug/disk debug recent http/access"):gmatch("%S+") do
         print(name, mtev.log_enabled(name))
       end
       os.exit(0)`,
      env,
    );
    assert.equal(
      stderr,
      "Failed to resolve log: http/access\n" +
        "log http/access: there is no type jlog; lines only go to its outlets\n" +
        "disk\ndns\n",
    );
    assert.equal(masked(read(folder, "app.log")), "[TS] disk\n[TS] dns\n");
    assert.deepEqual(stdout.trim().split("\n"), [
      "error/disk\ttrue",
      "debug/disk\tfalse",
      "debug\tfalse",
      `recent\t${env !== undefined}`,
      "http/access\tfalse",
    ]);
    assert.equal(code, 0);
  });
}

Deno.test("logs may be in a file that the configuration includes", async () => {
  using folder = new TestFolder();
  folder.write(
    "logs.conf",
    `<part><logs><log name="f" type="file" path="f.log"/></logs></part>`,
  );
  const { code, stderr } = await run(
    folder,
    `<include file="${folder.path}/logs.conf"/>`,
    `mtev.log("f", "included\\n") os.exit(0)`,
  );
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(read(folder, "f.log"), "included\n");
});

Deno.test("a number that is none is refused", async () => {
  using folder = new TestFolder();
  const { code, stderr } = await run(
    folder,
    `<logs><log name="f" type="file" path="f" rotate_bytes="1M"/></logs>`,
    "os.exit(0)",
  );
  assert.deepEqual([code, stderr], [
    255,
    "log f: rotate_bytes must be a whole number, not '1M'\n",
  ]);
});
