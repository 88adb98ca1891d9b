/** --coverage of the real program: what is counted, and the three reports. */
import assert from "node:assert/strict";
import { TestFolder } from "../support/luamtev.ts";
import { mtevBusted } from "../support/mtev_busted.ts";
import { pageName } from "../../busted/coverage_html.ts";
import { coverageTable } from "../../busted/coverage_text.ts";
import {
  mergeFiles,
  parseFiles,
  serializeFiles,
} from "../../busted/coverage.ts";

const CALC = `local calc = {}
function calc.add(a, b)
  return a + b
end
function calc.div(a, b)
  if b == 0 then
    return nil, '<zero> & more'
  end
  return a / b
end
function calc.unused()
  return 1

  -- nothing
end
return calc
`;

const SPEC = `local calc = require 'calc'
it('adds', function() mtev.sleep(0.001) assert.equal(3, calc.add(1, 2)) end)
it('divides', function() assert.equal(2, calc.div(4, 2)) end)
`;

const TABLE = `File          Lines  Missed  Covered  Missed lines
src/calc.lua     10       2   80.0 %  7, 12
All files        10       2   80.0 %
`;

function suite(): TestFolder {
  const folder = new TestFolder();
  folder.write("src/calc.lua", CALC);
  folder.write("spec/calc_spec.lua", SPEC);
  return folder;
}

Deno.test("--coverage shows a table, and writes lcov.info and pages", async () => {
  using folder = suite();
  const { stdout, stderr, code } = await mtevBusted(
    ["-o", "TAP", "--coverage"],
    { cwd: folder.path },
  );
  assert.deepEqual([stdout, stderr, code], [
    "ok 1 - adds\nok 2 - divides\n1..2\n",
    TABLE,
    0,
  ]);
  const read = (name: string) =>
    Deno.readTextFileSync(`${folder.path}/coverage/${name}`);
  assert.equal(
    read("lcov.info"),
    `TN:\nSF:${Deno.realPathSync(folder.path)}/src/calc.lua\n` +
      "FN:2,calc.add\nFN:5,calc.div\nFN:11,calc.unused\n" +
      "FNDA:1,calc.add\nFNDA:1,calc.div\nFNDA:0,calc.unused\nFNF:3\nFNH:2\n" +
      "DA:1,1\nDA:2,1\nDA:3,1\nDA:5,1\nDA:6,1\nDA:7,0\nDA:9,1\nDA:11,1\nDA:12,0\nDA:16,1\n" +
      "LF:10\nLH:8\nend_of_record\n",
  );
  assert.match(
    read("index.html"),
    /<a href="src__calc\.lua\.html">src\/calc\.lua<\/a>/,
  );
  assert.match(
    read("src__calc.lua.html"),
    /<tr id="L7" class="miss"><td>7<td>0<td> {4}return nil, '&#60;zero&#62; &#38; more'<\/tr>/,
  );
});

Deno.test("--coverage reports a suite that fails, and in the folder that is named", async () => {
  using folder = suite();
  folder.write(
    "spec/calc_spec.lua",
    `${SPEC}it('fails', function() error('x') end)`,
  );
  const { stderr, code } = await mtevBusted(
    ["-o", "TAP", "--coverage", "--coverage-dir", "out/cov"],
    { cwd: folder.path },
  );
  assert.deepEqual([stderr, code], [TABLE, 1]);
  assert.ok(Deno.statSync(`${folder.path}/out/cov/lcov.info`).isFile);
});

Deno.test("--coverage honours include and exclude of a .luacov", async () => {
  using folder = suite();
  folder.write("src/other.lua", "return 1");
  folder.write("spec/calc_spec.lua", `require 'other'\n${SPEC}`);
  folder.write(".luacov", "exclude = { 'src/other$' }");
  const args = ["-o", "TAP", "--coverage"];
  const { stderr } = await mtevBusted(args, { cwd: folder.path });
  assert.equal(stderr, TABLE);
  folder.write("mine.luacov", "return { include = { 'other', 'calc_spec' } }");
  const named = await mtevBusted(
    [...args, "--coverage-config-file=mine.luacov"],
    { cwd: folder.path },
  );
  assert.match(
    named.stderr,
    /^spec\/calc_spec\.lua .*\nsrc\/other\.lua .*\nAll/m,
  );
  assert.doesNotMatch(named.stderr, /src\/calc/);
});

Deno.test("--coverage says in a sentence what is wrong", async () => {
  using folder = suite();
  folder.write(".luacov", "exclude = {");
  const broken = await mtevBusted(["--coverage"], { cwd: folder.path });
  assert.deepEqual([broken.stdout, broken.code], ["", 1]);
  assert.match(broken.stderr, /^\S+: error: \.luacov:1: .*near '<eof>'\n$/);
  folder.write(".luacov", "");
  folder.write("file", "");
  const unwritable = await mtevBusted(
    ["-o", "TAP", "--coverage", "--coverage-dir=file/x"],
    { cwd: folder.path },
  );
  assert.equal(unwritable.code, 1);
  assert.match(
    unwritable.stderr,
    /^\S+: error: Cannot write the coverage: Not a directory.*\n$/,
  );
});

Deno.test("coverageTable() bridges lines without statements, and never rounds up to 100", () => {
  const lines = new Map([[1, 1], [2, 0], [5, 0], [6, 1], [9, 0]]);
  assert.equal(
    coverageTable([{ path: "\xc3\xa4.lua", lines, functions: [] }]),
    "File       Lines  Missed  Covered  Missed lines\n" +
      "ä.lua          5       3   40.0 %  2-5, 9\n" +
      "All files      5       3   40.0 %\n",
  );
  const many = new Map(Array.from({ length: 3000 }, (_, i) => [i, i]));
  assert.match(
    coverageTable([{ path: "a", lines: many, functions: [] }]),
    / 99\.9 %/,
  );
});

Deno.test("counts of several processes add up", () => {
  const file = (count: number) => ({
    path: "a.lua",
    lines: new Map([[1, count], [2, 0]]),
    functions: [{ name: "f", line: 1, count }],
  });
  const sent = [file(1), file(2)].flatMap((one) =>
    parseFiles(serializeFiles([one]))
  );
  assert.deepEqual(mergeFiles(sent), [file(3)]);
});

Deno.test("pageName() is another one for each path", () => {
  const names = [
    "a/b.lua",
    "a_b.lua",
    "a__b.lua",
    "\xe4.lua",
    "../a.lua",
    "A.lua",
    "a.lua",
  ]
    .map(pageName);
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.every((name) => /^[\w.\-]+$/.test(name)));
});
