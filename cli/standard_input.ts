/**
 * The module `-`: its source comes from standard input. It is loaded like any
 * other, through `package.preload`, so that a reload finds it again.
 */
import { LuaError } from "../lua/errors.ts";
import { call, type LuaState, Multi } from "../lua/host.ts";
import type { Runtime } from "../lua/runtime.ts";
import { loadChunk, withoutShebang } from "../lua/stdlib/load_file.ts";
import type { LuaFunction } from "../lua/value.ts";
import { binaryString } from "../runtime/posix/bytes.ts";

/** The script word, and the module's name. */
export const STANDARD_INPUT = "-";

/** All of standard input, a binary string. Blocks the thread. */
export function readStandardInput(): string {
  const chunk = new Uint8Array(65536);
  let source = "";
  for (;;) {
    const count = Deno.stdin.readSync(chunk);
    if (count === null) return source;
    source += binaryString(chunk.subarray(0, count));
  }
}

/** Makes `require "-"` load `source` in each state of the runtime. */
export function defineStandardInput(runtime: Runtime, source: string): void {
  runtime.define(`package.preload.${STANDARD_INPUT}`, function* (name) {
    return new Multi(yield call(compile(runtime.state, source), name));
  });
}

function compile(state: LuaState, source: string): LuaFunction {
  try {
    return loadChunk(state, withoutShebang(source), "=stdin");
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    throw new LuaError(
      `error loading module '${STANDARD_INPUT}' from file 'stdin':\n\t` +
        state.tostring(error.value),
    );
  }
}
