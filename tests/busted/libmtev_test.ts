/** The command line of libmtev's own runner (busted.md §2). */
import assert from "node:assert/strict";
import { TestFolder } from "../support/luamtev.ts";
import { mtevBusted } from "../support/mtev_busted.ts";

const SPEC = `describe('lib', function()
  setup(function() _G.set_up = true end)
  it('has globals', function()
    assert.is_true(HELPED)
    assert.same({ k = 'v', flag = true }, TEST_OPTIONS)
    assert.equal('data\\n', _file('data.txt'))
    assert.same({ a = { 1, 2 } }, (_filejson('data.json')))
    assert.is_nil((_filejson('none.json')))
    assert.equal('./', sourcedir())
    assert.is_true(set_up)
  end)
  it('fails', function() assert.equal(1, 2) end)
  it('comes after', function() end)
end)
`;

function setUp(folder: TestFolder): void {
  Deno.mkdirSync(`${folder.path}/lua-support`);
  folder.write("lua-support/init.lua", "HELPED = true");
  folder.write("data.txt", "data\n");
  folder.write("data.json", '{"a":[1,2]}');
  folder.write("a_spec.lua", SPEC);
}

Deno.test("the libmtev command line stops at the first problem, with status 2", async () => {
  using folder = new TestFolder();
  setUp(folder);
  const { stdout, code } = await mtevBusted(
    ["-X", "k=v", "-X", "flag", "-file", "a_spec.lua"],
    { cwd: folder.path },
  );
  assert.match(stdout, /^\[ {7}OK \] a_spec\.lua:3: lib has globals /m);
  assert.match(stdout, /^\[ {2}FAILED {2}\] a_spec\.lua:12: lib fails /m);
  assert.doesNotMatch(stdout, /comes after/);
  assert.equal(code, 2);
  assert.match(
    Deno.readTextFileSync(`${folder.path}/test_detail.xml`),
    /<testsuites errors='0' failures='1' skip='0' tests='2'/,
  );
});

Deno.test("-dontskip goes on, and JUNIT_OUTPUT_FILE names the report", async () => {
  using folder = new TestFolder();
  setUp(folder);
  const { stdout, code } = await mtevBusted(
    ["-dontskip", "-X", "k=v", "-X", "flag"],
    { cwd: folder.path, env: { JUNIT_OUTPUT_FILE: "report.xml" } },
  );
  assert.match(stdout, /^\[ {7}OK \] \.\/a_spec\.lua:13: lib comes after /m);
  assert.equal(code, 2);
  assert.match(
    Deno.readTextFileSync(`${folder.path}/report.xml`),
    /tests='3'/,
  );
});

Deno.test("--libmtev chooses that command line, which exits with 0 on success", async () => {
  using folder = new TestFolder();
  folder.write("a_spec.lua", "it('passes', function() end)");
  const { code } = await mtevBusted(["--libmtev"], { cwd: folder.path });
  assert.equal(code, 0);
});

Deno.test("the libmtev command line explains itself with status 2", async () => {
  for (const words of [["-bail", "-h"], ["-bail", "x"], ["-file"]]) {
    const { stderr, code } = await mtevBusted(words);
    assert.match(stderr, /^Usage: mtev-busted \[options\]/m);
    assert.equal(code, 2);
  }
});

Deno.test("a syntax error is a problem too", async () => {
  using folder = new TestFolder();
  folder.write("a_spec.lua", "x x");
  const { code } = await mtevBusted(["-file", "a_spec.lua"], {
    cwd: folder.path,
  });
  assert.equal(code, 2);
});
