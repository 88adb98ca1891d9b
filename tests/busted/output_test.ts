/**
 * Output handlers on names and messages that try to break them, and on big
 * suites. What they print otherwise is the business of the conformance corpus.
 */
import assert from "node:assert/strict";
import { XmlDocument } from "libxml2-wasm";
import { TestFolder } from "../support/luamtev.ts";
import { mtevBusted, runSpec } from "../support/mtev_busted.ts";

const HOSTILE = `
  local bytes = {}
  for i = 0, 255 do bytes[#bytes + 1] = string.char(i) end
  local all = table.concat(bytes) .. '\\237\\160\\128 \\239\\191\\191 ]]> \\240\\159\\152\\128'
  it('name ' .. all, function() end)
  it('fails ' .. all, function() assert.equal(all, '') end)
  it('errs', function() error(all, 0) end)
  pending('waits ' .. all)
  it('pends', function() pending(all) end)`;

Deno.test("junit writes XML that parses, whatever is in names and messages", async () => {
  const { stdout } = await runSpec(HOSTILE, [], "junit");
  using document = XmlDocument.fromString(stdout.trim());
  const { root } = document;
  assert.deepEqual(
    ["tests", "failures", "errors", "skip"].map((name) =>
      root.attr(name)?.value
    ),
    ["5", "1", "1", "2"],
  );
  const name = root.get("testsuite/testcase[1]/@name")?.content;
  assert.match(name!, /^name \ufffd+\t\n\ufffd\ufffd\r\ufffd+ !"#\$%&'/);
  assert.match(name!, /\u{1f600}$/u);
});

Deno.test("json writes JSON that parses, with pending tests too", async () => {
  const { stdout } = await runSpec(HOSTILE, [], "json");
  const report = JSON.parse(stdout);
  assert.equal(report.pendings.length, 2);
  assert(report.successes[0].name.startsWith("name \u0000\u0001"));
  assert.match(report.errors[0].message, /\u{1f600}$/u);
});

for (const handler of ["TAP", "plainTerminal", "utfTerminal", "gtest"]) {
  Deno.test(`${handler} survives any bytes`, async () => {
    const { stderr, code } = await runSpec(HOSTILE, [], handler);
    assert.deepEqual([stderr, code], ["", 1]);
  });
}

Deno.test("gtest lists errors that have no place", async () => {
  using folder = new TestFolder();
  folder.write("a_spec.lua", "x x");
  const { stdout } = await mtevBusted(["-o", "gtest", "a_spec.lua"], {
    cwd: folder.path,
  });
  assert.match(stdout, /^\[ {2}ERROR {3}\] a_spec\.lua\n\n 1 ERROR\n/m);
});

Deno.test("a file may have 10,000 tests", async () => {
  const { stdout, code } = await runSpec(
    "for i = 1, 10000 do it('test ' .. i, function() assert.equal(i, i) end) end",
  );
  assert.match(stdout, /^ok 10000 - test 10000\n1\.\.10000\n$/m);
  assert.equal(code, 0);
});

Deno.test("a suite may have 1,000 files", async () => {
  using folder = new TestFolder();
  for (let i = 0; i < 1000; i++) {
    folder.write(
      `${i}_spec.lua`,
      `_G.leak = (leak or 0) + 1 it('sees its own', function() assert.equal(1, leak) end)`,
    );
  }
  const { stdout, code } = await mtevBusted(["-o", "TAP", "."], {
    cwd: folder.path,
  });
  assert.match(stdout, /\nok 1000 - sees its own\n1\.\.1000\n$/);
  assert.equal(code, 0);
});

/** Where a body can go wrong, and the element that is blamed. */
const SITES = {
  setup: "setup(function() BAD end) it('t', function() end)",
  before_each: "before_each(function() BAD end) it('t', function() end)",
  after_each: "after_each(function() BAD end) it('t', function() end)",
  teardown: "teardown(function() BAD end) it('t', function() end)",
  describe: "describe('d', function() BAD end)",
  finally: "it('t', function() finally(function() BAD end) end)",
  test: "it('t', function() BAD end)",
  file: "BAD",
};

/** What is raised, and the message after the position. */
const ERRORS: Record<string, readonly [string, string]> = {
  string: ["error('text')", "text"],
  table: ["error({ 1 })", "{"],
  nil: ["error(nil)", "Nil error"],
  userdata: ["error(io.stdout)", "file (0x"],
  object: [
    "error(setmetatable({}, { __tostring = function() error('no', 0) end }))",
    "error object whose __tostring failed: no",
  ],
};

Deno.test("an error of any kind at any site is reported, and the run goes on", async () => {
  using folder = new TestFolder();
  const wanted: string[] = [];
  for (const [site, source] of Object.entries(SITES)) {
    for (const [kind, [raise, message]] of Object.entries(ERRORS)) {
      const name = `${site}_${kind}_spec.lua`;
      folder.write(name, source.replace("BAD", raise));
      wanted.push(`# Failure message: ./${name}:1: ${message}`);
    }
  }
  folder.write("z_last_spec.lua", "it('last', function() end)");
  const { stdout, code } = await mtevBusted(["-o", "TAP", "."], {
    cwd: folder.path,
  });
  const missing = wanted.filter((line) => !stdout.includes(line));
  assert.deepEqual(missing, []);
  assert.equal(stdout.match(/^not ok /gm)?.length, wanted.length);
  assert.match(stdout, /^ok \d+ - last$/m);
  assert.equal(code, 1);
});

Deno.test("--diff=structural shows what differs in every report", async () => {
  const spec =
    "it('a', function() assert.same({ a = 1, b = 2, c = { 3 } }, { a = 1, b = 5, c = { 3 } }) end)";
  const message = "a_spec.lua:1: Expected objects to be the same.\n" +
    "- expected, + passed in\n  {\n-   b = 2\n+   b = 5\n    … 2 equal\n  }";
  const tap = await runSpec(spec, ["--diff=structural"]);
  assert.equal(
    tap.stdout,
    `not ok 1 - a\n# a_spec.lua @ 1\n# Failure message: ${
      message.replaceAll("\n", "\n# ")
    }\n1..1\n`,
  );
  const json = await runSpec(spec, ["--diff=structural"], "json");
  assert.equal(JSON.parse(json.stdout).failures[0].message, message);
  const wrong = await runSpec(spec, ["--diff=other"]);
  assert.match(wrong.stderr, /error: --diff=other: want busted or structural/);
  assert.equal(wrong.code, 1);
});

Deno.test("a handler of the user's own finds all fields of a block's trace", async () => {
  using folder = new TestFolder();
  folder.write(
    "fields.lua",
    `return function(options)
      local busted = require 'busted'
      busted.subscribe({ 'test', 'end' }, function(element)
        local fields = {}
        for name in pairs(element.trace) do fields[#fields + 1] = name end
        table.sort(fields)
        print(table.concat(fields, ' '))
        return nil, true
      end)
      return require 'busted.outputHandlers.base'()
    end`,
  );
  folder.write("a_spec.lua", "it('a', function() end)");
  const { stdout } = await mtevBusted(["-o", "./fields.lua", "a_spec.lua"], {
    cwd: folder.path,
  });
  assert.equal(
    stdout,
    "currentline lastlinedefined linedefined message short_src source traceback what\n",
  );
});

Deno.test("a block is found where it was registered, also after a wait", async () => {
  const { stdout } = await runSpec(
    `describe('d', function()
  mtev.sleep(0)
  table.sort({ 1, 2 }, function()
    it('in a comparator', function() error('x', 0) end)
  end)
  mtev.sleep(0)
  it('after a wait', function() error('y', 0) end)
end)`,
  );
  assert.match(stdout, /^# a_spec\.lua @ 4\n[^]*^# a_spec\.lua @ 7$/m);
});
