/**
 * The module `busted.host`: what the harness needs of the machine and of the
 * event loop, and Lua cannot do. Not for specs, and not documented for them.
 *
 * Paths are Lua strings (bytes); text for people is never made here.
 */
import { checkString } from "../lua/args.ts";
import { definer } from "../lua/define.ts";
import { type Frame, multi, NOTHING } from "../lua/host.ts";
import type { Runtime } from "../lua/runtime.ts";
import { decodeText, encodeText } from "../lua/text.ts";
import { isFunction, type LuaTable } from "../lua/value.ts";
import { formatTraceback } from "../lua/traceback.ts";
import { isTerminal } from "../runtime/posix/descriptors.ts";
import { realtime } from "../runtime/time/clock.ts";
import { addCoverage } from "./coverage_host.ts";
import { addGuard } from "./guard.ts";
import { addOpenThings } from "./open_things.ts";
import { OutputCapture } from "./output_capture.ts";
import { addWire } from "./wire.ts";
import type { Interrupts } from "./interrupts.ts";

/**
 * Creates the module's table.
 *
 * @param runtime The runtime whose loop and coroutines it works on.
 * @param interrupts What may end a body early.
 * @param folder The folder of the harness's own Lua files.
 * @returns The table.
 */
export function hostTable(
  runtime: Runtime,
  interrupts: Interrupts,
  folder: string,
): LuaTable {
  const { state, eventer } = runtime;
  const define = definer(state);
  const host = state.newTable();
  host.set("folder", encodeText(folder));

  /** kind(path): `file`, `directory`, `other`, or nil if there is nothing. */
  define(host, "kind", (...args) => kindOf(checkString(state, args, 0)));

  /** list(directory): the names in it, unsorted, or nil and the reason. */
  define(host, "list", (...args) => {
    const names = state.newTable();
    let count = 0;
    try {
      const path = decodeText(checkString(state, args, 0));
      for (const { name } of Deno.readDirSync(path)) {
        names.set(++count, encodeText(name));
      }
    } catch (error) {
      return multi(undefined, reasonOf(error));
    }
    return names;
  });

  /** cwd(): the working folder. */
  define(host, "cwd", () => encodeText(Deno.cwd()));

  /** chdir(path): true, or nil and the reason. */
  define(host, "chdir", (...args) => {
    try {
      Deno.chdir(decodeText(checkString(state, args, 0)));
    } catch (error) {
      return multi(undefined, reasonOf(error));
    }
    return true;
  });

  /** make_folders(path): makes a folder and those around it, if it can. */
  define(host, "make_folders", (...args) => {
    try {
      const path = decodeText(checkString(state, args, 0));
      Deno.mkdirSync(path, { recursive: true });
    } catch (error) {
      return multi(undefined, reasonOf(error));
    }
    return true;
  });

  /** monotime(): seconds of a clock that nobody sets. */
  define(host, "monotime", () => eventer.now() / 1000);

  /** gettime(): seconds since 1970. */
  define(host, "gettime", () => realtime() / 1e6);

  /** isatty(descriptor) */
  define(host, "isatty", (fd) => isTerminal(Number(fd)));

  /** seed(): four random bytes as a number. */
  define(
    host,
    "seed",
    () => crypto.getRandomValues(new Uint32Array(1))[0]!,
  );

  /**
   * place(level): where the user's code stands: what debug.getinfo says of the
   * innermost frame from `level` on that is not the harness's, with a traceback
   * from there to the first frame of C; nil when there is none.
   */
  const own = `@${encodeText(folder)}`;
  const isUsers = ({ what, currentLine, chunkName }: Frame) =>
    what !== "C" && currentLine > 0 && !chunkName.startsWith(own);
  const fill = (place: LuaTable, frames: Frame[], first: number) => {
    const frame = frames[first];
    if (frame === undefined) return;
    const end = frames.findIndex(({ what }, i) => i > first && what === "C");
    const users = frames.slice(first, end < 0 ? undefined : end);
    place.set("source", frame.chunkName);
    place.set("short_src", frame.source);
    place.set("what", frame.what);
    place.set("currentline", frame.currentLine);
    place.set("linedefined", frame.lineDefined);
    place.set("lastlinedefined", frame.lastLineDefined);
    place.set("traceback", `\n${formatTraceback(users)}\n`);
  };
  define(host, "place", (level) => {
    const from = Number(level);
    let frames = state.frames(undefined, from, true);
    let first = frames.findIndex(isUsers);
    let end = frames.findIndex(({ what }, i) => i > first && what === "C");
    if (first < 0 || end < 0) {
      frames = state.frames(undefined, from);
      first = frames.findIndex(isUsers);
      end = frames.findIndex(({ what }, i) => i > first && what === "C");
    }
    if (first < 0) return undefined;
    const place = state.newTable();
    fill(place, frames, first);
    return place;
  });

  /** note_place(): a table for `work_place_out`, which fills it. */
  const noted = new WeakMap<LuaTable, () => Frame[]>();
  define(host, "note_place", () => {
    const place = state.newTable();
    noted.set(place, state.framesLater());
    return place;
  });

  /**
   * note_call(literal, body, name, env): the same, sooner, for the call of the
   * global `name` that `body`, whose environment is `env`, gives a function
   * literal to; nil when it is none.
   */
  define(host, "note_call", (literal, body, name, environment) => {
    const frame = isFunction(literal) && isFunction(body)
      ? state.literalCall(literal, body, String(name), environment)
      : undefined;
    if (frame === undefined) return undefined;
    const place = state.newTable();
    noted.set(place, () => [frame()]);
    return place;
  });

  /** work_place_out(noted): what `place` would have told then. */
  define(host, "work_place_out", (place) => {
    const frames = noted.get(place as LuaTable)?.() ?? [];
    noted.delete(place as LuaTable);
    fill(place as LuaTable, frames, frames.findIndex(isUsers));
    return NOTHING;
  });

  let capture: OutputCapture | undefined;

  /** capture_begin(): output goes to files from now on. */
  define(host, "capture_begin", () => {
    capture ??= new OutputCapture();
    capture.begin();
    return NOTHING;
  });

  /** capture_end(): output goes where it went before. */
  define(host, "capture_end", () => {
    capture?.end();
    return NOTHING;
  });

  /** capture_take(): what was written to standard output and standard error. */
  define(host, "capture_take", () => multi(...capture?.take() ?? ["", ""]));

  addCoverage(runtime, host, folder);
  addOpenThings(runtime, host, folder);
  addWire(state, host);
  addGuard(runtime, host, interrupts, folder);
  return host;
}

function kindOf(path: string): string | undefined {
  try {
    const { isFile, isDirectory } = Deno.statSync(decodeText(path));
    return isFile ? "file" : isDirectory ? "directory" : "other";
  } catch {
    return undefined;
  }
}

/** The system's words for what failed. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return encodeText(/^(.*?) \(os error \d+\)/.exec(message)?.[1] ?? message);
}
