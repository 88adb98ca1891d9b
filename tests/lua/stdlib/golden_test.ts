/**
 * Runs the Lua programs beside this file on every engine and compares what
 * they print with what LuaJIT printed (`<name>.out`, recorded by
 * record_goldens.ts; running the tests needs no LuaJIT).
 */
import { strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import {
  OTHER_VARIANTS,
  runAs,
  type Variant,
} from "../../../lua/compiler/force.ts";
import {
  createState,
  ENGINE_NAMES,
  type EngineName,
} from "../../../lua/engines.ts";
import { LuaError } from "../../../lua/errors.ts";
import { openLibraries } from "../../../lua/stdlib/open.ts";
// Programs load it while they run; what it opens would look like a leak then.
import "../../../lua/stdlib/ffi/library.ts";
import { binaryString } from "../../../runtime/posix/bytes.ts";
import { zonesOf } from "./zones.ts";

/** Milliseconds that a program may take. */
const DEADLINE = 120_000;

const folder = fileURLToPath(new URL(".", import.meta.url));
const programs = [...Deno.readDirSync(folder)]
  .map(({ name }) => name)
  .filter((name) => name.endsWith(".lua"))
  .sort();

function readBinary(name: string): string {
  return binaryString(Deno.readFileSync(folder + name));
}

/** Sets TZ until disposed. */
function inZone(zone: string): Disposable {
  const before = Deno.env.get("TZ");
  Deno.env.set("TZ", zone);
  return {
    [Symbol.dispose]() {
      if (before === undefined) Deno.env.delete("TZ");
      else Deno.env.set("TZ", before);
    },
  };
}

/** What a program prints, up to the error that ends it, if one does. */
function run(
  makeState: Awaited<ReturnType<typeof createState>>,
  program: string,
): string {
  using state = makeState();
  let printed = "";
  using _libraries = openLibraries(state, {
    exit: (code) => {
      throw new LuaError(`exit ${code}`);
    },
    print: (bytes) => printed += bytes,
  });
  const end = Date.now() + DEADLINE;
  state.setInterrupt(() => {
    if (Date.now() > end) throw new LuaError("the deadline is over");
    return "continue";
  });
  try {
    state.call(state.load(readBinary(program), "@" + program));
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    printed += `error: ${state.tostring(error.value)}\n`;
  }
  return printed;
}

/** Engines, and the other ways in which the compiled one may run code. */
const WAYS: readonly { engine: EngineName; variant: Variant }[] = [
  ...ENGINE_NAMES.map((engine) => ({ engine, variant: "plain" as const })),
  ...OTHER_VARIANTS.map((variant) => ({
    engine: "compiled" as const,
    variant,
  })),
];

for (const { engine, variant } of WAYS) {
  for (const program of programs) {
    // The library ffi is there for the compiled engine alone.
    if (engine === "fengari" && program.startsWith("ffi_")) continue;
    const how = variant === "plain" ? engine : `${engine} (${variant})`;
    Deno.test(`${program} prints on ${how} what LuaJIT prints`, async () => {
      const makeState = await createState(engine);
      using _ = runAs(variant);
      const golden = readBinary(program.replace(/lua$/, "out"));
      let printed = "";
      for (const zone of zonesOf(program)) {
        using _ = inZone(zone);
        printed += run(makeState, program);
      }
      strictEqual(printed, golden);
    });
  }
}
