/**
 * What of the library `ffi` no golden can show: where it differs from LuaJIT,
 * what the collector does, and what waits. The goldens are ffi_*.lua.
 */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { createRuntime } from "../../../lua/runtime.ts";
// Here, so that what it opens does not look like a leak of a test.
import "../../../lua/stdlib/ffi/library.ts";
import { readImportGraph } from "../../../tools/import_graph.ts";
import { fileURLToPath } from "node:url";

const BOUNDS = /attempt to access memory outside of the object/;

/** Runs Lua code with `ffi` and `C` as locals; what it returns. */
async function run(code: string) {
  await using runtime = await createRuntime({ stdout: () => {} });
  return await runtime.eval(
    `local ffi = require("ffi") local C = ffi.C ${code}`,
  );
}

/** Runs Lua code that fails; its message. */
async function failing(code: string): Promise<string> {
  const [ok, message] = await run(`return pcall(function() ${code} end)`);
  strictEqual(ok, false);
  return String(message);
}

Deno.test("memory of ffi.new is not left, whatever pointer is used", async () => {
  match(await failing("return ffi.new('int[4]')[4]"), BOUNDS);
  match(await failing("ffi.new('int[4]')[-1] = 0"), BOUNDS);
  match(await failing("return (ffi.new('int[4]') + 3)[1]"), BOUNDS);
  match(await failing("ffi.copy(ffi.new('char[3]'), 'abc')"), BOUNDS);
  match(await failing("ffi.fill(ffi.new('char[3]'), 4)"), BOUNDS);
  match(await failing("return ffi.string(ffi.new('char[3]'), 4)"), BOUNDS);
  match(
    await failing("return ffi.cast('double *', ffi.new('int[3]'))[1]"),
    BOUNDS,
  );
});

Deno.test("a null pointer is refused", async () => {
  const message = /attempt to access memory at a null pointer/;
  match(await failing("return ffi.new('int *')[0]"), message);
  match(await failing("ffi.new('int *')[1] = 2"), message);
  match(await failing("return ffi.string(ffi.cast('char *', 0))"), message);
  match(await failing("ffi.copy(nil, 'x')"), message);
  match(
    await failing("return ffi.new('int *')[-1]"),
    /attempt to access memory at an invalid address/,
  );
  match(
    await failing("return ffi.cast('int (*)(void)', 0)()"),
    /attempt to call a null pointer/,
  );
});

Deno.test("a huge object is refused without a crash", async () => {
  match(await failing("return ffi.new('char[?]', 2^31)"), /size of C type/);
});

Deno.test("an error in a callback is raised when the C function returns", async () => {
  const [ok, message, calls] = await run(`
    ffi.cdef("void qsort(void *, size_t, size_t, " ..
      "int (*)(const uint8_t *, const uint8_t *));")
    local calls = 0
    local ok, message = pcall(C.qsort, ffi.new("uint8_t[3]", 3, 2, 1), 3, 1,
      function()
        calls = calls + 1
        error("stop", 0)
      end)
    return ok, message, calls`);
  deepStrictEqual([ok, message, calls], [false, "stop", 1]);
});

Deno.test("a callback calls C, which calls back, and an error inside can be caught", async () => {
  const [result] = await run(`
    local inner = ffi.cast("int (*)(int)", function() error("inner", 0) end)
    local outer = ffi.cast("int (*)(int)", function(x)
      local ok, message = pcall(inner, x)
      return message == "inner" and x + 1 or 0
    end)
    local result = outer(41)
    inner:free() outer:free()
    return result`);
  strictEqual(result, 42);
});

Deno.test("a function passed again is the same callback", async () => {
  const [same, other] = await run(`
    ffi.cdef("struct calls { int (*f)(int); int (*g)(int); int (*h)(void); };")
    local function f() return 1 end
    local calls = ffi.new("struct calls", f, f, f)
    return calls.f == calls.g, calls.f == calls.h`);
  deepStrictEqual([same, other], [true, false]);
});

Deno.test("a callback that was freed is refused", async () => {
  const free =
    "local cb = ffi.cast('int (*)(void)', function() end) cb:free() ";
  match(await failing(free + "cb()"), /bad callback/);
  match(await failing(free + "cb:free()"), /bad callback/);
});

Deno.test("__index and __new of a metatype may wait", async () => {
  const [name, x] = await run(`
    ffi.cdef("struct waits { int x; };")
    local waits = ffi.metatype("struct waits", {
      __index = function(self, key) mtev.sleep(0) return key .. "!" end,
      __new = function(type, x) mtev.sleep(0) return ffi.new(type, x + 1) end,
    })
    local object = waits(1)
    return object.name, object.x`);
  deepStrictEqual([name, x], ["name!", 2]);
});

Deno.test("finalizers run when the collector has found the cdata", async () => {
  const [value, count] = await run(`
    ffi.cdef("struct ends { int x; };")
    local ended, value = 0, nil
    local ends = ffi.metatype("struct ends", {
      __gc = function(self) ended, value = ended + 1, self.x end,
    })
    local function make()
      ends(7)
      ffi.gc(ends(8), nil)
      return ffi.cast("int *", ffi.new("int[1]", 9))
    end
    local pointer = make()
    while ended == 0 do collectgarbage("collect") mtev.sleep(0) end
    return value, pointer[0]`);
  deepStrictEqual([value, count], [7, 9]);
});

Deno.test("a string in a struct stays while the struct does", async () => {
  const [text] = await run(`
    ffi.cdef("struct named { const char *name; };")
    local object = ffi.new("struct named", {("x"):rep(20)})
    for i = 1, 3 do collectgarbage("collect") end
    return ffi.string(object.name)`);
  strictEqual(text, "x".repeat(20));
});

Deno.test("each state has its own declarations", async () => {
  for (let i = 0; i < 2; i++) {
    const [size] = await run(
      "ffi.cdef('struct again { int x; };') return ffi.sizeof('struct again')",
    );
    strictEqual(size, 4);
  }
});

Deno.test("a null pointer equals nil in modules that are compiled later", async () => {
  const [same] = await run(`
    local f = loadstring("local p, q = ... return p == nil, nil ~= p, q == 3")
    return table.concat({tostring(f(ffi.new("int *"))),
      tostring(select(2, f(ffi.new("int *")))),
      tostring(select(3, f(nil, 3LL)))}, " ")`);
  strictEqual(same, "true false true");
});

Deno.test("fengari has no ffi and no numerals of it", async () => {
  await using runtime = await createRuntime({ engine: "fengari" });
  const [ok, numeral] = await runtime.eval(`
    local ok = pcall(require, "ffi")
    return ok, select(2, loadstring("return 1LL"))`);
  strictEqual(ok, false);
  match(String(numeral), /malformed number near/);
});

Deno.test("nothing loads the library at start-up", async () => {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const { loaded } = await readImportGraph(root.replace(/\/$/, ""));
  const parts = "lua/stdlib/ffi/";
  const eager = [...loaded].filter(([from]) => !from.startsWith(parts))
    .flatMap(([, to]) => to.filter((path) => path.startsWith(parts)));
  deepStrictEqual(eager, ["lua/stdlib/ffi/c_library.ts"]);
});
