/** Suites that are large, and errors of every kind at every place. */
import assert from "node:assert/strict";
import { TestFolder } from "../support/luamtev.ts";
import { mtevBusted, runSpec } from "../support/mtev_busted.ts";

Deno.test("10,000 tests in one file", async () => {
  const { stdout, stderr, code } = await runSpec(
    `for b = 1, 100 do
      describe('block ' .. b, function()
        for i = 1, 100 do it('test ' .. i, function() assert.equal(i, i) end) end
      end)
    end`,
  );
  assert.match(stdout, /ok 10000 - block 100 test 100\n1\.\.10000\n$/);
  assert.deepEqual([stderr, code], ["", 0]);
});

Deno.test("1,000 files", async () => {
  using folder = new TestFolder();
  for (let i = 0; i < 1000; i++) {
    folder.write(`spec/${i % 10}/f${i}_spec.lua`, `it('${i}', function() end)`);
  }
  const { stdout, stderr, code } = await mtevBusted(["-o", "TAP"], {
    cwd: folder.path,
  });
  assert.equal([...stdout.matchAll(/^ok \d+ - \d+$/gm)].length, 1000);
  assert.match(stdout, /\n1\.\.1000\n$/);
  assert.deepEqual([stderr, code], ["", 0]);
});

/** Error values, and what reports say of them. */
const KINDS: Record<string, [string, RegExp]> = {
  "a text": ["'words'", /words/],
  "a table": ["{ 1, 2 }", /1,\n(?:# )? {2}2/],
  "nil": ["nil", /Nil error/],
  "a userdata": ["newproxy()", /userdata/],
  "an object": [
    "setmetatable({}, { __tostring = function() return 'object' end })",
    /object/,
  ],
  "an object whose __tostring fails": [
    "setmetatable({}, { __tostring = function() error('worse') end })",
    /worse/,
  ],
};

const SITES = `describe('d1', function() FAIL end)
describe('d2', function() setup(function() FAIL end) it('never', function() end) end)
describe('d3', function() before_each(function() FAIL end) it('never', function() end) end)
describe('d4', function() after_each(function() FAIL end) it('runs', function() end) end)
describe('d5', function() teardown(function() FAIL end) it('runs', function() end) end)
describe('d6', function() it('fails', function() FAIL end) end)
describe('d7', function() it('fails late', function() finally(function() FAIL end) end) end)
describe('d8', function() it('waits', function() mtev.sleep(0) FAIL end) end)
it('last', function() end)
FAIL`;

for (const [kind, [value, message]] of Object.entries(KINDS)) {
  Deno.test(`an error that is ${kind} is reported from every place`, async () => {
    const fail = `error(${value})`;
    const { stdout, stderr, code } = await runSpec(
      SITES.replaceAll("FAIL", fail).replace(/\n.*$/, ""),
      [],
      "json",
    );
    const report = JSON.parse(stdout);
    assert.equal(report.errors.length, 8, stdout);
    for (const { message: text } of report.errors) assert.match(text, message);
    assert.deepEqual(
      report.successes.map(({ name }: { name: string }) => name),
      ["d4 runs", "d5 runs", "last"],
    );
    assert.deepEqual([stderr, code], ["", 1]);
    const inFile = await runSpec(fail);
    assert.match(inFile.stdout, message);
    assert.equal(inFile.code, 1);
    using folder = new TestFolder();
    folder.write("helper.lua", fail);
    folder.write("a_spec.lua", "it('a', function() end)");
    const inHelper = await mtevBusted(
      ["-o", "TAP", "--helper=helper.lua", "a_spec.lua"],
      { cwd: folder.path },
    );
    assert.match(inHelper.stdout + inHelper.stderr, /helper/);
    assert.equal(inHelper.code, 1);
  });
}
