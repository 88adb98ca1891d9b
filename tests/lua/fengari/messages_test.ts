/**
 * Errors in LuaJIT's words. Each text was printed by LuaJIT 2.1 for the same
 * source; what differs is in docs/compatibility_notes.md.
 */
import assert from "node:assert/strict";
import { createState } from "../../../lua/engines.ts";
import { LuaError } from "../../../lua/errors.ts";
import { formatChunkName } from "../../../lua/fengari/messages.ts";

const make = await createState("fengari");

/** Source texts and what follows the chunk's name in the message. */
const SYNTAX_ERRORS: readonly (readonly [string, string])[] = [
  ["x = ", "1: unexpected symbol near '<eof>'"],
  ["x", "1: '=' expected near '<eof>'"],
  ["x = = 2", "1: unexpected symbol near '='"],
  ["local", "1: '<name>' expected near '<eof>'"],
  ["for", "1: '<name>' expected near '<eof>'"],
  ["for i", "1: '=' or 'in' expected near '<eof>'"],
  ["for i=1", "1: ',' expected near '<eof>'"],
  ["for i in", "1: unexpected symbol near '<eof>'"],
  ["if x", "1: 'then' expected near '<eof>'"],
  ["if x then", "1: 'end' expected near '<eof>'"],
  [
    "while x do\n y()\n",
    "3: 'end' expected (to close 'while' at line 1) near '<eof>'",
  ],
  ["return return", "1: unexpected symbol near 'return'"],
  ['x = "abc', "1: unfinished string near '<eof>'"],
  ['x = "abc\nd"', "1: unfinished string near '\"abc'"],
  ["x = [[abc", "1: unfinished long string near '<eof>'"],
  ["--[[abc", "1: unfinished long comment near '<eof>'"],
  ["x = 3x", "1: malformed number near '3x'"],
  ["x = 0x", "1: malformed number near '0x'"],
  ["x = 1e", "1: malformed number near '1e'"],
  ["goto l", "1: undefined label 'l'"],
  ["break", "1: no loop to break"],
  ["::a:: ::a::", "1: duplicate label 'a'"],
  [
    "function f() return ... end",
    "1: cannot use '...' outside a vararg function near '...'",
  ],
  ['x = "\\q"', "1: invalid escape sequence near '\"'"],
  ['x = "\\300"', "1: invalid escape sequence near '\"'"],
  ['x = "\\xzz"', "1: invalid escape sequence near '\"'"],
  ["f(", "1: unexpected symbol near '<eof>'"],
  ["f(x", "1: ')' expected near '<eof>'"],
  ["f{", "1: unexpected symbol near '<eof>'"],
  ["x = {1,2", "1: '}' expected near '<eof>'"],
  ["a.b:c = 3", "1: function arguments expected near '='"],
  ["a", "1: '=' expected near '<eof>'"],
  ["a.1", "1: '=' expected near '.1'"],
  ["local function", "1: '<name>' expected near '<eof>'"],
  ["x = function", "1: '(' expected near '<eof>'"],
  ["x = 1 // 2", "1: unexpected symbol near '/'"],
  ["x = 1 & 2", "1: unexpected symbol near '&'"],
  ["x = 1 << 2", "1: unexpected symbol near '<'"],
  ["x = ~1", "1: unexpected symbol near '~'"],
  ["x = @", "1: unexpected symbol near '@'"],
  ["end", "1: '<eof>' expected near 'end'"],
  ["local x <const> = 1", "1: unexpected symbol near '<'"],
  [
    "do goto x; local y; ::x:: print(y) end",
    "1: <goto x> jumps into the scope of local 'y'",
  ],
  ["x = [=abc", "1: invalid long string delimiter near '[='"],
  ["x = }", "1: unexpected symbol near '}'"],
  ['x = "a\\', "1: unfinished string near '<eof>'"],
  ["local a = 1 a", "1: '=' expected near '<eof>'"],
  ["f() = 1", "1: unexpected symbol near '='"],
  ["x = \\", "1: unexpected symbol near '\\'"],
  ["repeat", "1: 'until' expected near '<eof>'"],
  ["repeat local x; until", "1: unexpected symbol near '<eof>'"],
  ["x = a..", "1: unexpected symbol near '<eof>'"],
  ["local t = {a=}", "1: unexpected symbol near '}'"],
  ["return 1,", "1: unexpected symbol near '<eof>'"],
  ["x = 1 2", "1: unexpected symbol near '2'"],
  ['x = "\\u{zz}"', "1: invalid escape sequence near '\"'"],
  ["x = \u0001", "1: unexpected symbol near 'char(1)'"],
  ["a b", "1: '=' expected near 'b'"],
  ["nil = 1", "1: unexpected symbol near 'nil'"],
  ['"x"', "1: unexpected symbol near '\"x\"'"],
  ["x, 1 = 2", "1: unexpected symbol near '1'"],
  ["for 1 = 2 do end", "1: '<name>' expected near '1'"],
  ["local x.y = 1", "1: unexpected symbol near '.'"],
  ["function 1() end", "1: '<name>' expected near '1'"],
  ["function a.b:c.d() end", "1: '(' expected near '.'"],
  ['x = "abc\\z', "1: unfinished string near '<eof>'"],
  ["if x then else elseif end", "1: 'end' expected near 'elseif'"],
  ["x = not", "1: unexpected symbol near '<eof>'"],
  ["do return 1 end x =", "1: unexpected symbol near '<eof>'"],
  ["return 1; x = 2", "1: '<eof>' expected near 'x'"],
  [";", "1: unexpected symbol near ';'"],
  ["x = 5 y = 6;;", "1: unexpected symbol near ';'"],
];

const RUNTIME_ERRORS: readonly (readonly [string, string])[] = [
  ["local x x.y = 1", "attempt to index local 'x' (a nil value)"],
  ["undefined()", "attempt to call global 'undefined' (a nil value)"],
  ["local t = {} t.x.y = 1", "attempt to index field 'x' (a nil value)"],
  ["local t = {} t:m()", "attempt to call method 'm' (a nil value)"],
  [
    "local u (function() u() end)()",
    "attempt to call upvalue 'u' (a nil value)",
  ],
  ["local a = 1 + {}", "attempt to perform arithmetic on a table value"],
  [
    "local a local b = a + 1",
    "attempt to perform arithmetic on local 'a' (a nil value)",
  ],
  ["local a = 'x' .. {}", "attempt to concatenate a table value"],
  ["local a = 1 < 'x'", "attempt to compare number with string"],
  ["local a = {} < {}", "attempt to compare two table values"],
  ["local a = #nil", "attempt to get length of a nil value"],
  ["local t = {} t[nil] = 1", "table index is nil"],
  ["local t = {} t[0/0] = 1", "table index is NaN"],
  ["for i = 1, {} do end", "'for' limit must be a number"],
  [
    "local t = setmetatable({}, {}) getmetatable(t).__index = t local x = t.x",
    "loop in gettable",
  ],
];

Deno.test("load words syntax errors as LuaJIT does", () => {
  using state = make();
  for (const [source, message] of SYNTAX_ERRORS) {
    assert.throws(
      () => state.load(source, "@s.lua"),
      { value: `s.lua:${message}` },
      source,
    );
  }
});

Deno.test("the VM words runtime errors as LuaJIT does", () => {
  using state = make();
  const setmetatable = state.newFunction("setmetatable", (table, metatable) => {
    (table as { metatable?: unknown }).metatable = metatable;
    return table;
  });
  const getmetatable = state.newFunction(
    "getmetatable",
    (table) => state.metatable(table),
  );
  state.globals.set("setmetatable", setmetatable);
  state.globals.set("getmetatable", getmetatable);
  for (const [source, message] of RUNTIME_ERRORS) {
    assert.throws(
      () => state.call(state.load(source, "@r.lua")),
      (error: unknown) =>
        error instanceof LuaError && error.value === `r.lua:1: ${message}`,
      `${source}: ${message}`,
    );
  }
});

Deno.test("formatChunkName() shortens as LuaJIT does", () => {
  const a = "a".repeat(58);
  const names: Record<string, string> = {
    "@a.lua": "a.lua",
    [`@${a}`]: a,
    [`@${a}a`]: `${a}a`,
    [`@${a}aa`]: `...${a.slice(2)}`,
    "=name": "name",
    [`=${"b".repeat(70)}`]: "b".repeat(59),
    "return 1": '[string "return 1"]',
    "x y\nz": '[string "x y..."]',
    "": '[string ""]',
    "\n": '[string "..."]',
    ["c".repeat(47)]: `[string "${"c".repeat(47)}"]`,
    ["x ".repeat(40)]: `[string "${"x ".repeat(23).slice(0, 45)}..."]`,
  };
  for (const [name, shown] of Object.entries(names)) {
    assert.equal(formatChunkName(name), shown);
  }
});
