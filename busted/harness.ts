/**
 * Makes the harness available to a Lua state: the modules in the folder lua/
 * (`busted`, `luassert`, `say`, ...) through an entry of `package.loaders`,
 * and `busted.host`, what they need of the machine, through
 * `package.preload`.
 *
 * Nothing is read before a program asks for a module by name, so that any
 * runtime may have it. A module of a name that is not in lua/ is looked for
 * as usual: languages, handlers and loaders of users have names of ours.
 */
import { readBytes } from "../runtime/files/read.ts";
import type { Runtime } from "../lua/runtime.ts";
import { encodeText } from "../lua/text.ts";
import type { LuaTable } from "../lua/value.ts";
import { hostTable } from "./host.ts";
import { Interrupts } from "./interrupts.ts";
import type { HarnessCode } from "./kept_code.ts";

/** The modules that the harness may have, by the first part of their names. */
const OWN = /^(busted|luassert|say|mediator|cliargs|term|system)(\.|$)/;

/** The folder of the harness's Lua files; chunk names begin with it. */
export const FOLDER = new URL("./lua/", import.meta.url).pathname;

/**
 * Adds the harness's modules to the state of a runtime.
 *
 * @param runtime The runtime.
 * @param interrupts What may end a body early; nothing by default.
 * @param code What is kept of compiled files, if anything.
 */
export function addHarness(
  runtime: Runtime,
  interrupts: Interrupts = new Interrupts(),
  code: HarnessCode | undefined = undefined,
): void {
  const { state } = runtime;
  const library = state.globals.get("package") as LuaTable;
  const preload = library.get("preload") as LuaTable;
  preload.set(
    "busted.host",
    state.newFunction("host", () => hostTable(runtime, interrupts, FOLDER)),
  );
  const loaders = library.get("loaders") as LuaTable;
  for (let index = loaders.length(); index >= 2; index--) {
    loaders.set(index + 1, loaders.get(index));
  }
  const loader = state.newFunction("harness_loader", (name) => {
    if (typeof name !== "string" || !OWN.test(name)) return undefined;
    const path = name.replaceAll(".", "/");
    for (const file of [`${FOLDER}${path}.lua`, `${FOLDER}${path}/init.lua`]) {
      const source = code?.source(file) ?? readFile(file);
      if (source !== undefined) {
        return state.load(source, encodeText(`@${file}`));
      }
    }
    return undefined;
  });
  loaders.set(2, loader);
}

function readFile(file: string): string | undefined {
  const content = readBytes(encodeText(file));
  return content.ok ? content.bytes : undefined;
}
