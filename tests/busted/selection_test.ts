/** What of a suite runs: a line, the last failures, a shard, `only`. */
import assert from "node:assert/strict";
import { TestFolder } from "../support/luamtev.ts";
import { mtevBusted, runSpec } from "../support/mtev_busted.ts";

const SPEC = `describe('sum', function()
  it('one', function()
    assert.equal(1, 1)
  end)
  it('two', function() end)
end)
describe('other', function()
  it('three', function() end)
end)
`;

/** The names of the tests that ran, in order. */
function names(stdout: string): string[] {
  return [...stdout.matchAll(/^(?:not )?ok \d+ - (.*)$/gm)].map((m) => m[1]!);
}

for (
  const [line, expected] of [
    [3, ["sum one"]],
    [5, ["sum two"]],
    [1, ["sum one", "sum two"]],
    [7, ["other three"]],
  ] as const
) {
  Deno.test(`file:${line} runs what is at that line`, async () => {
    using folder = new TestFolder();
    folder.write("a_spec.lua", SPEC);
    const { stdout, code } = await mtevBusted(
      ["-o", "TAP", `a_spec.lua:${line}`],
      { cwd: folder.path },
    );
    assert.deepEqual([names(stdout), code], [[...expected], 0]);
  });
}

Deno.test("file:line is an error where no test is", async () => {
  using folder = new TestFolder();
  folder.write("a_spec.lua", SPEC);
  const { stdout, code } = await mtevBusted(["-o", "TAP", "a_spec.lua:99"], {
    cwd: folder.path,
  });
  assert.match(stdout, /Failure message: No test at a_spec\.lua:99/);
  assert.equal(code, 1);
});

Deno.test("--last-failed runs what failed, and everything when nothing did", async () => {
  using folder = new TestFolder();
  const write = (expected: number) =>
    folder.write(
      "a_spec.lua",
      `it('good', function() end)\nit('bad\\nnews', function() assert.equal(${expected}, 1) end)`,
    );
  const run = async () => {
    const { stdout } = await mtevBusted(
      ["-o", "TAP", "--last-failed", "a_spec.lua"],
      { cwd: folder.path, env: { MTEV_BUSTED_STATE: `${folder.path}/state` } },
    );
    return names(stdout);
  };
  write(2);
  assert.deepEqual(await run(), ["good", "bad"]);
  assert.deepEqual(await run(), ["bad"]);
  write(1);
  assert.deepEqual(await run(), ["bad"]);
  assert.deepEqual(await run(), ["good", "bad"]);
});

Deno.test("--shard splits the files, all of them and each once", async () => {
  using folder = new TestFolder();
  for (const name of ["a", "b", "c"]) {
    folder.write(`${name}_spec.lua`, `it('${name}', function() end)`);
  }
  const run = async (shard: string) => {
    const { stdout, code } = await mtevBusted(
      ["-o", "TAP", `--shard=${shard}`, "."],
      { cwd: folder.path },
    );
    return [names(stdout), code];
  };
  assert.deepEqual(await run("1/2"), [["a", "c"], 0]);
  assert.deepEqual(await run("2/2"), [["b"], 0]);
  assert.deepEqual(await run("4/4"), [[], 0]);
});

Deno.test("--shard refuses what is no part", async () => {
  for (const shard of ["0/2", "3/2", "x"]) {
    const { code, stderr } = await runSpec(SPEC, [`--shard=${shard}`]);
    assert.match(stderr, /--shard=.*: want I\/N with I from 1 to N/);
    assert.equal(code, 1);
  }
});

const ONLY = `it('a', function() end)
it.only('b', function() end)
describe.only('c', function() it('d', function() end) end)
describe('e', function() it('f', function() end) end)
`;

Deno.test("only runs some blocks of a file alone", async () => {
  const { stdout } = await runSpec(ONLY, [], "TAP");
  assert.deepEqual(names(stdout), ["b", "c d"]);
});

Deno.test("only in a comment changes nothing", async () => {
  const { stdout } = await runSpec(
    "-- it.only('x')\n--[==[ it.only('y') ]==]\nit('a', function() end)",
  );
  assert.deepEqual(names(stdout), ["a"]);
});

Deno.test("only is an error in CI", async () => {
  using folder = new TestFolder();
  folder.write("a_spec.lua", ONLY);
  const run = (ci: string) =>
    mtevBusted(["-o", "TAP", "a_spec.lua"], {
      cwd: folder.path,
      env: { CI: ci },
    });
  const { stdout, code } = await run("true");
  assert.match(stdout, /a_spec\.lua:2: only is left over here/);
  assert.equal(code, 1);
  assert.equal((await run("false")).code, 0);
});
