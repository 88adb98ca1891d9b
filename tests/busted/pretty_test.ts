/** The handler for terminals, and the difference that it shows. */
import assert from "node:assert/strict";
import { runSpec } from "../support/mtev_busted.ts";

/** What `-o pretty` prints, with times replaced, and without the slow tests. */
async function pretty(
  spec: string,
  args: readonly string[] = [],
): Promise<string> {
  const { stdout } = await runSpec(spec, args, "pretty");
  return stdout.replace(/\d+ ms|\d+\.\d\d s/g, "TIME")
    .replace(/^Slowest:\n(?: {3}TIME {2}.*\n)+\n/m, "");
}

/** The lines of the difference that a failing test shows. */
async function difference(spec: string): Promise<string> {
  const shown = await pretty(`it('t', function()\n${spec}\nend)`);
  return /passed in\n([^]*?)\n\n/.exec(shown)?.[1]?.replace(/^ {3}/gm, "") ??
    shown;
}

Deno.test("pretty shows what failed, where, and the counts", async () => {
  const shown = await pretty(`describe('d', function()
  it('passes', function() end)
  it('fails', function()
    assert.equal(1, 2)
  end)
  pending('waits')
end)`);
  assert.equal(
    shown,
    `FAIL a_spec.lua (3 tests, TIME)

1) FAIL d fails a_spec.lua:3
   a_spec.lua:4: Expected objects to be equal.
   - expected, + passed in
   - 1
   + 2

        3 |   it('fails', function()
   >    4 |     assert.equal(1, 2)
        5 |   end)

   a_spec.lua:4: in function <a_spec.lua:3>

1 passed, 1 failed, 1 pending (TIME)
`,
  );
});

Deno.test("pretty does not cut a traceback at a function in C", async () => {
  const shown = await pretty(
    "it('t', function()\n  table.sort({ 1, 2 }, function()\n    error('deep')\n  end)\nend)",
  );
  assert.match(
    shown,
    /^ {3}\[C\]: in function 'sort'\n {3}a_spec\.lua:2: in function /m,
  );
});

Deno.test("pretty colours when told to", async () => {
  const { stdout } = await runSpec(
    "it('t', function() end)",
    ["-Xoutput", "--color"],
    "pretty",
  );
  assert(stdout.startsWith("\x1b[32mok  \x1b[0m a_spec.lua"));
});

Deno.test("the difference of tables has the keys that differ, in order", async () => {
  assert.equal(
    await difference(`assert.same(
      { same = { 1 }, b = { x = 1, y = { 2 } }, gone = true, [1] = 'a', list = {} },
      { same = { 1 }, b = { x = 1, y = { 3 } }, new = { 1, k = 'v' }, [1] = 'b', list = {} })`),
    `  {
-   [1] = "a"
+   [1] = "b"
    b = {
      y = {
-       [1] = 2
+       [1] = 3
      }
      … 1 equal
    }
-   gone = true
+   new = { 1, k = "v" }
    … 2 equal
  }`,
  );
});

Deno.test("the difference of long texts has the lines that differ", async () => {
  assert.equal(
    await difference("assert.equal('a\\nb\\nc\\nd\\ne', 'a\\nb\\nc\\nD\\ne')"),
    "  … 2 equal lines\n  c\n- d\n+ D\n  e",
  );
});

Deno.test("the difference of cyclic tables ends", async () => {
  assert.equal(
    await difference(
      "local a, b = { v = 1 }, { v = 2 } a.me, b.me = a, b assert.same(a, b)",
    ),
    `  {
-   me = { me = {…}, v = 1 }
+   me = { me = {…}, v = 2 }
-   v = 1
+   v = 2
  }`,
  );
});

Deno.test("the difference is of the values as they were", async () => {
  const shown = await pretty(`it('t', function()
    local t = { 1 }
    finally(function() t[1] = 'changed' end)
    assert.same({ 2 }, t)
  end)`);
  assert.match(shown, /\+ {3}\[1\] = 1$/m);
});
