/**
 * Makes and drops many of each thing that a program makes, and prints how many
 * bytes each left behind. Run by garbage_test.ts with `--expose-gc`.
 */
import { createState } from "../../../lua/engines.ts";
import { Suspension } from "../../../lua/host.ts";
import { openLibraries } from "../../../lua/stdlib/open.ts";
import { type LuaFunction, LuaUserdata } from "../../../lua/value.ts";

const { gc } = globalThis as unknown as { gc: () => void };
const state = (await createState("fengari"))();
openLibraries(state, { exit: Deno.exit });
state.globals.set(
  "wait",
  state.newFunction("wait", () => new Suspension(() => {})),
);
const waiting = state.load("wait()", "=t");
const ending = state.load("return 1", "=t");
const inner = state.load(
  "coroutine.resume(coroutine.create(function() wait() end))",
  "=t",
);
const [maker] = state.call(
  state.load("return function() return function() end, {} end", "=t"),
) as [LuaFunction];

const kinds: Record<string, () => void> = {
  "a finished coroutine": () => state.resume(state.newThread(ending), []),
  "a dropped coroutine": () => state.resume(state.newThread(waiting), []),
  "a coroutine that Lua code dropped": () => state.call(inner),
  "a coroutine that failed": () => {
    state.resume(
      state.newThread(state.newFunction("f", () => {
        throw new TypeError("defect");
      })),
      [],
    );
  },
  "a function and a table": () => state.call(maker),
  "a host function": () => {
    state.globals.set("f", state.newFunction("f", () => undefined));
  },
  "a userdata": () => {
    state.globals.set("u", new LuaUserdata(undefined));
  },
  "a table keyed by objects": () => {
    const table = state.newTable();
    table.set(state.newTable(), table);
  },
};

function heap(): number {
  gc();
  gc();
  return Deno.memoryUsage().heapUsed;
}

const COUNT = 100_000;
const left: Record<string, number> = {};
for (const [kind, drop] of Object.entries(kinds)) {
  const make = () => {
    try {
      drop();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  };
  for (let i = 0; i < 100; i++) make();
  const before = heap();
  for (let i = 0; i < COUNT; i++) make();
  left[kind] = (heap() - before) / COUNT;
}
console.log(JSON.stringify(left));
