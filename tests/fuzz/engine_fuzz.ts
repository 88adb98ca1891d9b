/**
 * The differential fuzzer: random programs run on the compiling engine, in each
 * of the ways of lua/compiler/force.ts, and random calls of the library, and
 * both on LuaJIT; their outputs are compared. Each seed is one program and one
 * of random_calls.ts.
 *
 *     deno task fuzz:engine [seed] [count]
 *
 * Prints the seed of each difference and the program; exits 1 if there is one.
 * A found difference becomes a file in tests/regress.
 */
import { LuaError } from "../../lua/errors.ts";
import type { LuaState } from "../../lua/host.ts";
import { createCompilerState } from "../../lua/compiler/state.ts";
import {
  OTHER_VARIANTS,
  runAs,
  type Variant,
} from "../../lua/compiler/force.ts";
import { openLibraries } from "../../lua/stdlib/open.ts";
import { binaryString } from "../../runtime/posix/bytes.ts";
import { CALLS, randomCalls } from "./random_calls.ts";
import { Random, randomProgram } from "./random_program.ts";

const BATCH = 250;
const SEPARATOR = "\x01";

/** Runs one program in a coroutine and returns what it reports. */
export function runProgram(source: string, variant: Variant): string {
  using state = createCompilerState();
  openLibraries(state, {
    exit: () => {
      throw new Error("exit");
    },
    print: () => {},
  });
  using _ = runAs(variant);
  return outcome(state, source);
}

function outcome(state: LuaState, source: string): string {
  try {
    const thread = state.newThread(state.load(source, "=p"));
    let result = state.resume(thread, []);
    while (result.kind === "yielded") result = state.resume(thread, []);
    if (result.kind === "ended") return String(result.values[0]);
    return result.kind === "failed"
      ? `error ${state.tostring(result.error.value)}`
      : result.kind;
  } catch (error) {
    if (error instanceof LuaError) return `error ${String(error.value)}`;
    return `crash ${(error as Error).stack}`;
  }
}

/** Runs programs on LuaJIT, all in one process. */
async function runOnLuajit(programs: readonly string[]): Promise<string[]> {
  const driver = programs.map((source) => {
    const level = longBracket(source);
    return `run([${level}[\n${source}]${level}])`;
  }).join("\n");
  const file = await Deno.makeTempFile({ suffix: ".lua" });
  try {
    await Deno.writeTextFile(
      file,
      `local function run(source)
  local f, message = loadstring(source, "=p")
  if not f then io.write("error ", message, "\\1") return end
  local co = coroutine.create(f)
  local ok, v
  repeat ok, v = coroutine.resume(co) until not ok or coroutine.status(co) == "dead"
  io.write(ok and tostring(v) or "error " .. tostring(v), "\\1")
end
${driver}`,
    );
    const { stdout } = await new Deno.Command("luajit", { args: [file] })
      .output();
    return binaryString(stdout).split(SEPARATOR);
  } finally {
    await Deno.remove(file);
  }
}

/** Addresses differ on every run. */
function mask(output: string): string {
  return output.replace(/0x[0-9a-f]+|builtin#\d+/g, "0x");
}

function longBracket(source: string): string {
  let level = "=";
  while (source.includes(`]${level}]`)) level += "=";
  return level;
}

if (import.meta.main) {
  const first = Number(Deno.args[0] ?? Date.now() % 1_000_000);
  const count = Number(Deno.args[1] ?? 3000);
  let differences = 0;
  for (let at = 0; at < count; at += BATCH) {
    const seeds = Array.from(
      { length: Math.min(BATCH, count - at) },
      (_, i) => first + at + i,
    );
    const programs = seeds.map((seed) =>
      // Metamethods yield in every other program.
      randomProgram(new Random(seed)).replaceAll(
        "YIELD()",
        seed % 2 === 0 ? "coroutine.yield()" : "",
      )
    );
    const calls = seeds.map((seed) => randomCalls(new Random(seed)));
    const [wanted, wantedOfCalls] = await Promise.all([
      runOnLuajit(programs),
      runOnLuajit(calls),
    ]);
    for (const [i, program] of calls.entries()) {
      const got = mask(runProgram(program, "plain")).split("\n");
      const lines = program.split("\n").filter((l) => l.startsWith("call("));
      for (
        const [j, line] of mask(wantedOfCalls[i] ?? "").split("\n").entries()
      ) {
        if (line === got[j]) continue;
        differences++;
        console.log(
          `seed ${seeds[i]} ${lines[j]}\n-- LuaJIT:   ${line}\n-- compiled: ${
            got[j]
          }\n`,
        );
      }
    }
    for (const [i, program] of programs.entries()) {
      for (const variant of ["plain", ...OTHER_VARIANTS] as const) {
        const got = runProgram(program, variant);
        if (mask(got) === mask(wanted[i] ?? "")) continue;
        differences++;
        console.log(
          `seed ${seeds[i]} (${variant})\n` +
            `${program}\n-- LuaJIT:\n${wanted[i]}\n-- compiled:\n${got}\n`,
        );
      }
    }
  }
  console.log(
    `${count} programs and ${count * CALLS} calls from seed ${first}, ` +
      `${differences} differ`,
  );
  Deno.exit(differences > 0 ? 1 : 0);
}
