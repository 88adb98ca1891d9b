/**
 * The table `jit`, for programs that ask which LuaJIT they run on. The
 * switches are remembered and change nothing: V8 decides what it compiles.
 */
import { checkString, raise, typeError } from "../args.ts";
import { definer } from "../define.ts";
import { type LuaState, multi, NOTHING } from "../host.ts";
import { isFunction, type LuaTable } from "../value.ts";

const VERSION = "LuaJIT 2.1.0-luamtev";
const VERSION_NUMBER = 20100;
const SYSTEMS: Readonly<Record<string, string>> = {
  linux: "Linux",
  darwin: "OSX",
  windows: "Windows",
  freebsd: "BSD",
};
const OPTIMISATIONS =
  /^(?:[0-3]|[-+]?(?:fold|cse|dce|fwd|dse|narrow|loop|abc|sink|fuse)|(?:max\w+|hotloop|hotexit|tryside|instunroll|loopunroll|callunroll|recunroll|sizemcode|minstitch)=\d+)$/;

/** Adds the functions to `library`; returns the table `jit.opt`. */
export function openJit(state: LuaState, library: LuaTable): LuaTable {
  const define = definer(state);
  library.set("version", VERSION);
  library.set("version_num", VERSION_NUMBER);
  library.set("os", SYSTEMS[Deno.build.os] ?? "Other");
  library.set("arch", Deno.build.arch === "aarch64" ? "arm64" : "x64");

  let enabled = true;
  const change = (name: string, effect: () => void) =>
    define(library, name, (...args) => {
      const which = args[0];
      if (which === undefined) effect();
      else if (which !== true && !isFunction(which)) {
        if (name !== "flush" || typeof which !== "number") {
          typeError(state, args, 0, "function");
        }
      }
      return NOTHING;
    });
  change("on", () => enabled = true);
  change("off", () => enabled = false);
  change("flush", () => {});
  define(library, "status", () => multi(enabled));
  define(library, "attach", () => NOTHING);

  const options = state.newTable();
  library.set("opt", options);
  define(options, "start", (...args) => {
    for (let i = 0; i < args.length; i++) {
      const option = checkString(state, args, i);
      if (!OPTIMISATIONS.test(option)) {
        raise(
          state,
          `unknown or malformed optimization flag '${option}'`,
        );
      }
    }
    return NOTHING;
  });
  return options;
}
