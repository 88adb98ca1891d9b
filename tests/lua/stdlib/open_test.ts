/**
 * What the golden programs cannot show: how the libraries meet their
 * surroundings (exit, print, files left open, waits in callbacks).
 */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { createState, ENGINE_NAMES } from "../../../lua/engines.ts";
import { LuaError } from "../../../lua/errors.ts";
import {
  type LuaState,
  type Outcome,
  Suspension,
  type Waker,
} from "../../../lua/host.ts";
import { openLibraries } from "../../../lua/stdlib/open.ts";
import type { LuaFunction, LuaValue } from "../../../lua/value.ts";
import { openDescriptors } from "../../../runtime/posix/descriptors.ts";

class Exit extends Error {
  constructor(readonly code: number) {
    super();
  }
}

interface World extends Disposable {
  readonly state: LuaState;
  readonly printed: string[];
  run(source: string): LuaValue[];
}

for (const engine of ENGINE_NAMES) {
  const makeState = await createState(engine);

  const open = (prepare?: (state: LuaState) => void): World => {
    const state = makeState();
    prepare?.(state);
    const printed: string[] = [];
    const libraries = openLibraries(state, {
      exit: (code) => {
        throw new Exit(code);
      },
      print: (bytes) => printed.push(bytes),
    });
    return {
      state,
      printed,
      run: (source) => state.call(state.load(source, "=test")),
      [Symbol.dispose]() {
        libraries[Symbol.dispose]();
        state[Symbol.dispose]();
      },
    };
  };

  Deno.test(`openLibraries() keeps what ${engine} has installed`, () => {
    const mine = (state: LuaState) => state.newFunction("mine", () => "mine");
    using world = open((state) => {
      const strings = state.newTable();
      strings.set("upper", mine(state));
      state.globals.set("string", strings);
      state.globals.set("tonumber", mine(state));
    });
    deepStrictEqual(
      world.run("return ('x'):upper(), tonumber('1'), ('X'):lower()"),
      ["mine", "mine", "x"],
    );
  });

  Deno.test(`openLibraries() hands print and os.exit on (${engine})`, () => {
    using world = open();
    world.run("print(1, nil, 'x\\0y') print()");
    deepStrictEqual(world.printed, ["1\tnil\tx\0y\n", "\n"]);
    for (
      const [argument, code] of [["", 0], ["true", 0], ["false", 1], ["7", 7], [
        "257",
        1,
      ]] as const
    ) {
      throws(
        () => world.run(`os.exit(${argument})`),
        (error) => error instanceof Exit && error.code === code,
      );
    }
  });

  Deno.test(`openLibraries() closes what a program left open (${engine})`, () => {
    const before = openDescriptors().size;
    {
      using world = open();
      world.run(`
        path = os.tmpname()
        file = io.open(path, 'w')
        file:write('not flushed')
        io.open(path)
        io.tmpfile()
        pipe = io.popen('true')
      `);
      ok(openDescriptors().size >= before + 3);
      const path = String(world.run("return path")[0]);
      world[Symbol.dispose]();
      strictEqual(Deno.readTextFileSync(path), "not flushed");
      Deno.removeSync(path);
    }
    strictEqual(openDescriptors().size, before);
  });

  Deno.test(`table.sort and table.concat are interrupted (${engine})`, () => {
    using world = open();
    const { state } = world;
    const library = state.globals.get("table");
    const kinds: Record<string, (i: number) => LuaValue> = {
      numbers: (i) => 100_000 - i,
      strings: (i) => String(i),
      both: (i) => i % 100 === 0 ? 0 : -i, // the own algorithm, for the zeros
    };
    state.setInterrupt(() => {
      throw new LuaError("interrupted!");
    });
    for (const [kind, make] of Object.entries(kinds)) {
      const list = state.newTable();
      for (let i = 1; i <= 100_000; i++) list.set(i, make(i));
      for (const name of ["sort", "concat"]) {
        throws(
          () => state.call(state.index(library, name), list),
          { message: "interrupted!" },
          `${name} of ${kind}`,
        );
      }
      strictEqual(list.length(), 100_000);
    }
  });

  Deno.test(`the callback of table.foreach may wait (${engine})`, () => {
    using world = open();
    const { state } = world;
    let waker: Waker | undefined;
    state.globals.set(
      "wait",
      state.newFunction("wait", () =>
        new Suspension((given) => {
          waker = given;
        })),
    );
    const fn = state.load(
      "return table.foreach({'a'}, function(k, v) return v .. wait() end)",
      "=test",
    );
    const thread = state.newThread(fn as LuaFunction);
    const first = state.resume(thread, []);
    strictEqual(first.kind, "suspended");
    if (first.kind === "suspended") {
      first.suspension?.start({ wake: () => {}, fail: () => {} });
    }
    ok(waker !== undefined);
    const end: Outcome = state.resume(thread, ["!"]);
    deepStrictEqual(end, { kind: "ended", values: ["a!"] });
  });

  Deno.test(`modules and files may wait while they are loaded (${engine})`, () => {
    using world = open();
    const { state } = world;
    state.globals.set(
      "wait",
      state.newFunction("wait", () => new Suspension(() => {})),
    );
    const path = Deno.makeTempFileSync();
    try {
      Deno.writeTextFileSync(path, "return wait()");
      const fn = state.load(
        `package.preload.m = function() return wait() end
         return require 'm', package.loaded.m, dofile '${path}'`,
        "=test",
      );
      const thread = state.newThread(fn);
      strictEqual(state.resume(thread, []).kind, "suspended");
      strictEqual(state.resume(thread, [5]).kind, "suspended");
      deepStrictEqual(state.resume(thread, [6]), {
        kind: "ended",
        values: [5, 5, 6],
      });
    } finally {
      Deno.removeSync(path);
    }
  });

  Deno.test(`string.pack and string.unpack are lpack's (${engine})`, () => {
    using world = open();
    const eq = (source: string, ...wanted: LuaValue[]) =>
      deepStrictEqual(world.run("return " + source), wanted);
    eq(
      "string.pack('<bhil', 1, 2, 3, 4)",
      "\x01\x02\0\x03\0\0\0\x04" + "\0".repeat(7),
    );
    eq(
      "string.pack('>HIL', 1, 2, 3)",
      "\0\x01\0\0\0\x02" + "\0".repeat(7) + "\x03",
    );
    eq("string.pack('zp', 'a', 'bc')", "a\0\x02bc");
    eq(
      "string.pack('>P', 'abc'), string.pack('>a', 'x')",
      "\0\x03abc",
      "\0\0\0\x01x",
    );
    eq(
      "string.pack('>d', -2.25), string.pack('>f', 1.5)",
      "\xc0\x02\0\0\0\0\0\0",
      "?\xc0\0\0",
    );
    eq("string.pack('A2', 'x', 'yz'), string.pack('b', 300)", "xyz", ",");
    eq("string.unpack('\\255\\255\\255\\255', '>hH')", 5, -1, 65535);
    eq("string.unpack('abcdef', 'A3')", 4, "abc");
    eq("string.unpack('abcdef', 'A'), (string.unpack('abc', 'A0'))", 2, 1);
    eq("string.unpack('\\1\\2', 'bbb')", 3, 1, 2);
    eq("string.unpack('\\1\\2\\3', 'b', 3)", 4, 3);
    eq("string.unpack('\\3abcX', 'p')", 5, "abc");
    eq("string.unpack('\\9abc', 'p')", 1);
    eq("string.unpack(string.pack('<l', -5), '<l')", 9, -5);
    eq("(('>b b,b'):pack(1, 2, 3))", "\x01\x02\x03");
    for (
      const [source, message] of [
        [
          "string.pack('?', 1)",
          "test:1: bad argument #1 to 'pack' (bad code `?')",
        ],
        [
          "string.unpack('x', '?')",
          "test:1: bad argument #1 to 'unpack' (bad code `?')",
        ],
        [
          "string.pack('b')",
          "test:1: bad argument #2 to 'pack' (number expected, got no value)",
        ],
      ] as const
    ) {
      throws(
        () => world.run("local x = " + source),
        (error) => error instanceof LuaError && error.value === message,
        message,
      );
    }
  });

  Deno.test(`string.rep refuses what does not fit into memory (${engine})`, () => {
    using world = open();
    deepStrictEqual(
      world.run("return pcall(string.rep, ('x'):rep(1e6), 1e6)"),
      [false, "not enough memory"],
    );
  });
}
