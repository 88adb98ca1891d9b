/**
 * Programs whose output was recorded from LuaJIT, run in each of the ways of
 * lua/compiler/force.ts.
 */
import assert from "node:assert/strict";
import { LuaError } from "../../../lua/errors.ts";
import {
  OTHER_VARIANTS,
  runAs,
  type Variant,
} from "../../../lua/compiler/force.ts";
import { createCompilerState } from "../../../lua/compiler/state.ts";
import { NOTHING } from "../../../lua/host.ts";
import { openLibraries } from "../../../lua/stdlib/open.ts";
import { isTable } from "../../../lua/value.ts";

const FOLDER = new URL("golden/", import.meta.url);

/** Runs a program and returns what it prints. */
function run(name: string, source: string, variant: Variant): string {
  using state = createCompilerState();
  let printed = "";
  const print = (bytes: string) => void (printed += bytes);
  openLibraries(state, {
    exit: () => {
      throw new Error("The program called os.exit");
    },
    print,
  });
  const io = state.globals.get("io");
  assert(isTable(io));
  io.set(
    "write",
    state.newFunction("write", (...args) => {
      for (const value of args) print(state.tostring(value));
      return NOTHING;
    }),
  );
  using _ = runAs(variant);
  try {
    const thread = state.newThread(state.load(source, "@" + name));
    const outcome = state.resume(thread, []);
    if (outcome.kind === "failed") throw outcome.error;
    assert.equal(outcome.kind, "ended");
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    printed += `error: ${error.message}\n`;
  }
  return printed;
}

for (const { name } of Deno.readDirSync(FOLDER)) {
  if (!name.endsWith(".lua")) continue;
  const source = Deno.readTextFileSync(new URL(name, FOLDER));
  const golden = Deno.readTextFileSync(
    new URL(name.replace(/\.lua$/, ".out"), FOLDER),
  );
  for (const variant of ["plain", ...OTHER_VARIANTS] as const) {
    Deno.test(`${name} prints what LuaJIT prints, ${variant}`, () => {
      assert.equal(run(name, source, variant), golden);
    });
  }
}
