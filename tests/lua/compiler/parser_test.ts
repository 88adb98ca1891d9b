import assert from "node:assert/strict";
import { createCompilerState } from "../../../lua/compiler/state.ts";
import { LuaError } from "../../../lua/errors.ts";
import { Random } from "../../fuzz/random_program.ts";

const TOKENS = [
  ..."+-*/%^#=<>(){}[];:,.",
  ..."and break do else elseif end false for function goto if in local nil not or repeat return then true until while"
    .split(" "),
  "::",
  "..",
  "...",
  "==",
  "~=",
  "x",
  "y",
  "1",
  "0x",
  "1e",
  "'s'",
  '"\\x41\\',
  "[[",
  "]]",
  "--[[",
  "\n",
  "\0",
  "\xff",
  "'\\",
];

Deno.test("load() of garbage raises a Lua error or gives a function", () => {
  using state = createCompilerState();
  const random = new Random(20260101);
  let loaded = 0;
  for (let i = 0; i < 3000; i++) {
    let source = "";
    for (let n = random.below(14); n >= 0; n--) {
      source += random.pick(TOKENS) + random.pick(["", " "]);
    }
    try {
      assert.equal(typeof state.load(source, "=g"), "function");
      loaded++;
    } catch (error) {
      assert(error instanceof LuaError, `${JSON.stringify(source)}: ${error}`);
      assert.match(String(error.value), /^g:\d+: /);
    }
  }
  // The comparison means something only if both happen.
  assert(loaded > 20 && loaded < 2900, `${loaded} of 3000 were valid`);
});

Deno.test("load() refuses what nests too deep, with an error", () => {
  using state = createCompilerState();
  for (
    const source of [
      "return " + "(".repeat(5000) + "1" + ")".repeat(5000),
      "return " + "{".repeat(5000) + "}".repeat(5000),
      "do ".repeat(5000) + "end ".repeat(5000),
      "return x" + ".y".repeat(100_000),
    ]
  ) {
    try {
      state.load(source, "=deep");
    } catch (error) {
      assert(error instanceof LuaError);
      assert.match(String(error.value), /too many syntax levels$/);
    }
  }
});
