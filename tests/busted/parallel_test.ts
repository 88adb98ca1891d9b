/** -j N of the real program: the same reports as from one process. */
import assert from "node:assert/strict";
import { TestFolder } from "../support/luamtev.ts";
import { mtevBusted } from "../support/mtev_busted.ts";

/** Six files with every kind of result, and output from all of them. */
function suite(): TestFolder {
  const folder = new TestFolder();
  for (let i = 1; i <= 6; i++) {
    folder.write(
      `spec/f${i}_spec.lua`,
      `print('loading ${i}')
      describe('file ${i}', function()
        after_each(function() io.stderr:write('after ${i}\\n') end)
        it('passes', function() print('out ${i}') mtev.sleep(0.001) end)
        it('fails', function() io.stdout:flush() os.execute('echo child ${i}') assert.equal(${i}, 'x\\0\\200') end)
        it('errors', function() error('e ${i}') end)
        it('pends', function() pending('p ${i}') end)
        pending('is pending')
        describe('breaks', function() error('in a block') end)
        describe('has a hook', function()
          before_each(function() error('in a hook') end)
          it('never runs', function() end)
        end)
      end)`,
    );
  }
  return folder;
}

/** A report without the times in it, and without what is listed by its time. */
function timeless(text: string): string {
  return text
    .replace(/"(?:(?:start|end)(?:tick|time)|duration)":[\d.e+-]+/g, '"t":0')
    .replace(/\d+(?:\.\d+)? ms|\d+\.\d+(?: s\b)?|T\d\d:\d\d:\d\d/g, "TIME")
    .replace(/^Slowest:\n(?: {3}TIME {2}.*\n)+\n/m, "");
}

for (
  const handler of ["TAP", "junit", "json", "gtest", "plainTerminal", "pretty"]
) {
  Deno.test(`-j reports with ${handler} as one process does`, async () => {
    using folder = suite();
    const args = ["-o", handler, "--sort-files", "-v"];
    const one = await mtevBusted(args, { cwd: folder.path });
    const many = await mtevBusted(["-j", "3", ...args], { cwd: folder.path });
    assert.equal(timeless(many.stdout), timeless(one.stdout));
    assert.equal(many.stderr, one.stderr);
    assert.deepEqual([many.code, one.code], [1, 1]);
  });
}

Deno.test("-j names the test in which a process ended, and goes on", async () => {
  using folder = new TestFolder();
  folder.write(
    "spec/a_spec.lua",
    "it('a', function() end) it('exits', function() io.write('partial\\n') os.exit(3) end) it('b', function() end)",
  );
  folder.write("spec/b_spec.lua", "it('c', function() end)");
  folder.write(
    "spec/c_spec.lua",
    "os.execute('kill -9 ' .. io.open('/proc/self/stat'):read('*l'):match('^%d+'))",
  );
  const { stdout, stderr, code } = await mtevBusted(["-j2", "-o", "TAP"], {
    cwd: folder.path,
  });
  assert.equal(
    stdout,
    "ok 1 - a\npartial\nnot ok 2 - exits\n# spec/a_spec.lua @ 1\n" +
      "# Failure message: spec/a_spec.lua:1: the process that ran spec/a_spec.lua ended with status 3\n" +
      "ok 3 - c\nnot ok 4 - suite spec/c_spec.lua\n" +
      "# Failure message: the process that ran spec/c_spec.lua was killed by signal 9\n1..4\n",
  );
  assert.deepEqual([stderr, code], ["", 1]);
});

Deno.test("-j gives the files of a process that ended to others", async () => {
  using folder = new TestFolder();
  const expected: string[] = [];
  for (let i = 10; i < 40; i++) {
    const ends = i % 7 === 0;
    folder.write(
      `spec/f${i}_spec.lua`,
      `it('test ${i}', function() ${ends ? "os.exit(3)" : ""} end)`,
    );
    expected.push(`${ends ? "not ok" : "ok"} ${i - 9} - test ${i}`);
  }
  const { stdout, code } = await mtevBusted(["-j3", "-o", "TAP"], {
    cwd: folder.path,
  });
  assert.deepEqual(stdout.match(/^(?:not )?ok .*$/gm), expected);
  assert.equal(code, 1);
});

Deno.test("-j runs a single file in the process itself", async () => {
  using folder = new TestFolder();
  folder.write("spec/a_spec.lua", "it('ends', function() os.exit(3) end)");
  const { code } = await mtevBusted(["-j4"], { cwd: folder.path });
  assert.equal(code, 3);
});

Deno.test("-j works with retries, coverage, shards, filters and what failed last", async () => {
  using folder = new TestFolder();
  folder.write(
    "src/lib.lua",
    "local function f() return 1 end\nreturn function(x)\n  if x then\n    return f()\n  end\n  return 2\nend\n",
  );
  folder.write(
    "spec/a_spec.lua",
    "local n = 0 it('is flaky', function() n = n + 1 assert.equal(2, n) assert.equal(1, require('lib')(true)) end)",
  );
  folder.write(
    "spec/b_spec.lua",
    "it('b', function() assert.equal(3, require('lib')()) end)",
  );
  folder.write("spec/c_spec.lua", "it('c', function() end)");
  const env = { MTEV_BUSTED_STATE: `${folder.path}/state` };
  const run = (...args: string[]) =>
    mtevBusted(["-j", "2", "-o", "TAP", ...args], { cwd: folder.path, env });
  const first = await run("--retry=1", "--coverage");
  assert.equal(first.code, 1);
  assert.match(
    first.stdout,
    /^ok 1 - is flaky\nnot ok 2 - b\n(?:#.*\n)+ok 3 - c\n1\.\.3\n$/,
  );
  assert.match(first.stderr, /^src\/lib\.lua +5 +0 +100\.0 %$/m);
  assert.match(first.stderr, /^flaky: is flaky$/m);
  const last = await run("--last-failed");
  assert.match(last.stdout, /^not ok 1 - b\n(?:#.*\n)+1\.\.1\n$/);
  const shard = await run("--shard=3/3");
  assert.equal(shard.stdout, "ok 1 - c\n1..1\n");
  const filtered = await run("--filter=^c$");
  assert.equal(filtered.stdout, "ok 1 - c\n1..1\n");
});

Deno.test("-j gives workers the helper, statements and repetitions", async () => {
  using folder = new TestFolder();
  folder.write("helper.lua", "helped = true print('helper')");
  for (const name of ["a", "b"]) {
    folder.write(
      `spec/${name}_spec.lua`,
      `it('${name}', function() assert.is_true(helped) assert.equal(7, stated) end)`,
    );
  }
  const { stdout, code } = await mtevBusted(
    [
      "-j",
      "2",
      "-o",
      "TAP",
      "--helper=helper.lua",
      "-e",
      "stated = 7",
      "--repeat=2",
    ],
    { cwd: folder.path },
  );
  assert.equal(code, 0);
  assert.equal(
    stdout.replaceAll("helper\n", ""),
    "ok 1 - a\nok 2 - b\n1..2\n".repeat(2),
  );
});

Deno.test("-j refuses what is no number", async () => {
  const { stderr, code } = await mtevBusted(["-j", "many"]);
  assert.match(stderr, /^\S+: error: argument to --jobs must be a number/);
  assert.equal(code, 1);
});

Deno.test("-j runs everything in the order of the seed", async () => {
  using folder = new TestFolder();
  for (const name of ["a", "b", "c", "d"]) {
    folder.write(
      `spec/${name}_spec.lua`,
      `for i = 1, 8 do it('${name}' .. i, function() end) end`,
    );
  }
  const order = async (...args: string[]) => {
    const words = ["--shuffle", "-o", "TAP", ...args];
    return (await mtevBusted(words, { cwd: folder.path })).stdout;
  };
  const one = await order("--seed=7");
  assert.equal(await order("--seed=7", "-j2"), one);
  assert.notEqual(await order("--seed=8", "-j2"), one);
});

Deno.test("Ctrl-C under -j ends all processes and prints the summary so far", async () => {
  using folder = new TestFolder();
  const spec = (name: string, other: string) =>
    `it('${name} passes', function() end)
    it('${name} waits', function()
      local file = io.open('${name}', 'w')
      file:write(mtev.getpid())
      file:close()
      if io.open('${other}') then os.execute('kill -INT ' .. mtev.getppid()) end
      mtev.waitfor('never')
    end)
    it('${name} does not run', function() end)`;
  folder.write("spec/a_spec.lua", spec("a", "b"));
  folder.write("spec/b_spec.lua", spec("b", "a"));
  folder.write("spec/c_spec.lua", "it('c does not run', function() end)");
  const { stdout, code } = await mtevBusted(["-j2", "-o", "TAP"], {
    cwd: folder.path,
  });
  assert.equal(
    stdout,
    ["a", "b"].map((name, i) =>
      `ok ${2 * i + 1} - ${name} passes\nnot ok ${
        2 * i + 2
      } - ${name} waits\n` +
      `# spec/${name}_spec.lua @ 2\n` +
      `# Failure message: spec/${name}_spec.lua:7: interrupted\n`
    ).join("") + "1..4\n",
  );
  assert.equal(code, 130);
  for (const name of ["a", "b"]) {
    const pid = Number(Deno.readTextFileSync(`${folder.path}/${name}`));
    assert.throws(() => Deno.kill(pid, "SIGCONT"), Deno.errors.NotFound);
  }
});

for (const jobs of ["-j1", "-j2"]) {
  Deno.test(`a handler that raises is named in a sentence, with ${jobs}`, async () => {
    using folder = new TestFolder();
    folder.write("spec/a_spec.lua", "it('a', function() end)");
    folder.write("spec/b_spec.lua", "it('b', function() error('x', 0) end)");
    const statuses = ["test", "error", "exit"].map(async (event) => {
      folder.write(
        `${event}.lua`,
        `return function(options)
          local busted = require 'busted'
          busted.subscribe({ '${event}' }, function() error('it broke') end)
          return require 'busted.outputHandlers.TAP'(options)
        end`,
      );
      const args = [jobs, "-o", `./${event}.lua`];
      const { stderr, code } = await mtevBusted(args, { cwd: folder.path });
      return [stderr, code];
    });
    const sentence = (event: string, file: string) =>
      `busted: error: A handler of the event '${event}' failed: ./${file}.lua:3: it broke\n`;
    assert.deepEqual(await Promise.all(statuses), [
      [sentence("test start", "test"), 1],
      [sentence("error it", "error"), 1],
      [sentence("exit", "exit"), 1],
    ]);
  });

  Deno.test(`a helper that fails is reported once, with ${jobs}`, async () => {
    using folder = new TestFolder();
    for (const name of ["a", "b", "c"]) {
      folder.write(`spec/${name}_spec.lua`, "it('a', function() end)");
    }
    folder.write("helper.lua", "print('out') error('it broke')");
    const args = [jobs, "-o", "TAP", "--helper=./helper.lua"];
    assert.deepEqual(await mtevBusted(args, { cwd: folder.path }), {
      stdout: "out\n",
      stderr:
        "busted: failed running the specified helper (./helper.lua), error: ./helper.lua:1: it broke\n",
      code: 1,
      signal: null,
    });
  });
}
