/**
 * XML as Lua sees it, where the conformance corpus is silent: loading the
 * library, the log, lifetimes.
 */
import assert from "node:assert/strict";
import { loadXmlLibrary } from "../../../runtime/xml/library.ts";
import { createRuntime, type LuaValue } from "../../../mod.ts";
import { luamtev, TestFolder } from "../../support/luamtev.ts";

async function evaluate(source: string): Promise<LuaValue[]> {
  await using runtime = await createRuntime();
  return await runtime.eval(source);
}

async function run(source: string): Promise<string> {
  using folder = new TestFolder();
  const result = await luamtev([folder.module(source)]);
  assert.equal(result.code, 0, result.stderr);
  return result.stdout;
}

Deno.test("parsexml() waits for the library in its own coroutine only", async () => {
  const output = await run(`
    function main()
      local log = {}
      mtev.coroutine_spawn(function()
        log[#log + 1] = "parses"
        local doc = mtev.parsexml("<a/>")
        log[#log + 1] = doc:root():name()
        mtev.notify("done")
      end)
      log[#log + 1] = "goes on"
      mtev.waitfor("done", 10)
      print(table.concat(log, ", "))
      os.exit(0)
    end`);
  assert.equal(output, "parses, goes on, a\n");
});

Deno.test("parsexml() says so where it cannot wait for the library", async () => {
  const output = await run(`
    local function parse() return mtev.parsexml("<a/>"):root():name() end
    local function plain() return coroutine.resume(coroutine.create(parse)) end
    local function callback() return pcall(string.gsub, "x", "x", parse) end
    function main()
      print(plain())
      print(callback())
      print(parse())
      print(plain())
      print(callback())
      os.exit(0)
    end`);
  const refused =
    "parsexml: the first call waits for libxml2 to load, and cannot wait here";
  assert.equal(
    output.replaceAll(/\S+x\.lua:\d+: /g, ""),
    `false\t${refused}\nfalse\t${refused}\na\ntrue\ta\ntrue\ta\t1\n`,
  );
});

Deno.test("parsexml() and xpath() tell the log what is wrong", async () => {
  let log = "";
  await using runtime = await createRuntime({ stderr: (text) => log += text });
  await runtime.eval(`
    mtev.enable_log("debug")
    assert(mtev.parsexml("<a>\\n<b></a>") == nil)
    local doc = mtev.parsexml("<a/>")
    for _ in doc:xpath("//[") do error("found something") end
    mtev.enable_log("debug", false)
    assert(mtev.parsexml("<z>") == nil)`);
  assert.match(
    log,
    /line 2, column 8: Opening and ending tag mismatch: b line 2 and a/,
  );
  assert.match(log, /"\/\/\[": Invalid expression/);
  assert(!log.includes("tag z"));
});

Deno.test("a node and an iterator keep their document", async () => {
  assert.deepEqual(
    await evaluate(`
      local node = mtev.parsexml("<a><b>text</b></a>"):root():children()()
      local found = mtev.parsexml("<a><b>one</b><b>two</b></a>"):xpath("//b")
      local garbage
      for i = 1, 200 do
        garbage = mtev.parsexml("<x>" .. ("<y/>"):rep(10000) .. "</x>")
        if i % 20 == 0 then collectgarbage() mtev.sleep(0.001) end
      end
      return node:contents(), found():contents(), found():contents()`),
    ["text", "one", "two"],
  );
});

Deno.test("a loop that never waits does not fill memory", async () => {
  const library = await loadXmlLibrary();
  await evaluate(`
    local text = "<r>" .. ("<item id='1'>some text</item>"):rep(35000) .. "</r>"
    for i = 1, 100 do mtev.parsexml(text):root() end`);
  const megabytes = library.raw.HEAPU8.length / 2 ** 20;
  assert(megabytes < 400, `${megabytes} MB of at least 700 without freeing`);
});

Deno.test("xpath() starts at a node of the same document only", async () => {
  assert.deepEqual(
    await evaluate(`
      local function count(doc, ...)
        local n = 0
        for _ in doc:xpath(...) do n = n + 1 end
        return n
      end
      local doc, other = mtev.parsexml("<a><b/></a>"), mtev.parsexml("<a><b/><b/></a>")
      return count(doc, "b", doc:root()), count(doc, "b"), count(doc, "b", other:root()),
        count(doc, "/a/b", other:root())`),
    [1, 0, 0, 1],
  );
});

Deno.test("attr() and contents() work on all that they can, and refuse the rest", async () => {
  const messages = await evaluate(`
    local root = mtev.parsexml("<a x='1'>text</a>"):root()
    local text = root:children()()
    local function try(...) return (select(2, pcall(...))) end
    return root:attribute("x"), text:attr("x"), root:attr("y", 5), root:attr("y"),
      root:attr("x", nil), root:attr("x"),
      try(text.attr, text, "x", "1"), try(text.addchild, text, "b"),
      try(root.attr, root), try(root.contents, root, {}), try(root.name)`);
  assert.deepEqual(messages, [
    "1",
    undefined,
    undefined,
    "5",
    undefined,
    "",
    "Cannot set attribute: the node is no element",
    "Cannot add child: the node is no element",
    "must be called with one argument",
    "must be called with no arguments",
    "must be called as method",
  ]);
});

Deno.test("next() walks over the nodes of one parent", async () => {
  assert.deepEqual(
    await evaluate(`
      local node = mtev.parsexml("<a>t<b/><!--c--></a>"):root():children()()
      local names = {}
      while node do
        names[#names + 1] = node:name()
        node = node:next()
      end
      return table.concat(names, " "), mtev.parsexml("<a/>"):root():next()`),
    ["text b comment", undefined],
  );
});
