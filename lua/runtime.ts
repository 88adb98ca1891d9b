/**
 * A whole luamtev in one object: an event loop, log streams, and a Lua state
 * with all libraries. The luamtev program and mod.ts are thin layers over it.
 *
 * Not the options of the command line (cli/), nor the way back from an
 * uncaught error to an exit status: whoever creates a runtime says what
 * happens then. Specification: mtev-lua-api.md §16.2, §16.4, §16.5, §17.2.
 */
import { Eventer, type EventerOptions } from "../runtime/eventer/eventer.ts";
import { ConfigurationSource } from "../runtime/conf/configuration_source.ts";
import { addDefaultLogs } from "../runtime/log/default_logs.ts";
import type { LogDescription } from "../runtime/log/description.ts";
import { Logs, type LogWriter } from "../runtime/log/logs.ts";
import { Recorder } from "../runtime/stats/recorder.ts";
import { newStoreBuffer, SharedStore } from "../runtime/sync/shared_store.ts";
import { SharedWaits } from "../runtime/sync/shared_waits.ts";
import { environment } from "../runtime/posix/environment.ts";
import { writeFully } from "../runtime/posix/write_fully.ts";
import { type Coroutine, Coroutines } from "./coroutines.ts";
import { currentFolderText } from "./current_folder.ts";
import { addDirectLoader } from "./direct_loader.ts";
import { createState, DEFAULT_ENGINE, type EngineName } from "./engines.ts";
import { InternalError, LuaError } from "./errors.ts";
import { definer } from "./define.ts";
import {
  type HostFunction,
  type InterruptHandler,
  type LuaState,
  NOTHING,
} from "./host.ts";
import type {
  MtevContext,
  ProcessContext,
  StateResource,
} from "./mtev/context.ts";
import { callHook, Hooks } from "./mtev/hook.ts";
import { openMtev } from "./mtev/mod.ts";
import { loadPrelude } from "./mtev/prelude.ts";
import { callDefunct } from "./mtev/reload.ts";
import { limitRuns, type RunLimit } from "./run_limit.ts";
import { openLibraries } from "./stdlib/open.ts";
import { encodeText } from "./text.ts";
import { uncaughtReport } from "./uncaught_report.ts";
import {
  isFunction,
  isTable,
  type LuaFunction,
  type LuaTable,
  type LuaValue,
} from "./value.ts";

/** How a {@link Runtime} is made. Everything has a default. */
export interface RuntimeOptions {
  /** The engine that runs Lua. */
  readonly engine?: EngineName;
  /** The global `arg`: the script's name, then its arguments. */
  readonly args?: readonly string[];
  /** The global `ENV`; the process's environment by default. */
  readonly env?: Readonly<Record<string, string>>;
  /** `package.path`; `{package.path}` in it stands for LuaJIT's default. */
  readonly path?: string;
  /** `package.cpath`, with `{package.cpath}` likewise. */
  readonly cpath?: string;
  /** What `mtev.eventer_loop_concurrency` reports. Default 1. */
  readonly concurrency?: number;
  /** The index of the event loop that `mtev.thread_self` reports. Default 0. */
  readonly loop?: number;
  /**
   * Shares values, queues, counters and semaphores with the runtimes of other
   * threads that have the same buffer. By default nothing is shared.
   */
  readonly shared?: SharedPlace;
  /** The log stream that `print` writes to. Default `stdout`. */
  readonly printFacility?: string;
  /**
   * What `mtev.conf_*` reads and changes; disposed with the runtime. Default:
   * an empty document.
   */
  readonly configuration?: ConfigurationSource;
  /**
   * The log streams, beside those that are always there. Default: those of
   * libmtev's generated configuration, where notices and debugging are off.
   */
  readonly logs?: readonly LogDescription[];
  /** Receives standard output, in binary strings. Default: descriptor 1. */
  readonly stdout?: LogWriter;
  /** Receives standard error, likewise. Default: descriptor 2. */
  readonly stderr?: LogWriter;
  /** Called by `os.exit` and must not return. Default: `Deno.exit`. */
  readonly exit?: (code: number) => never;
  /**
   * Called after an uncaught error of a coroutine has been reported on the
   * log stream `error`. By default the other coroutines go on.
   */
  readonly onUncaught?: () => void;
  /** Asked now and then while Lua code runs; may raise or yield. */
  readonly interrupt?: InterruptHandler;
  /** How long a coroutine may run without waiting. Default: no limit. */
  readonly runLimit?: RunLimit;
  /**
   * Modules that are required before the one that {@link Runtime.run} runs;
   * one that cannot be is reported on the log stream `error/lua`.
   */
  readonly preloads?: readonly string[];
  /** Options of the event loop. */
  readonly eventer?: EventerOptions;
}

const NO_CONFIGURATION = "<cli/>";

/** A runtime's place among those that share a buffer. */
export interface SharedPlace {
  /** From `newStoreBuffer` of runtime/sync/shared_store.ts. */
  readonly buffer: SharedArrayBuffer;
  /** Which one this is: 0 to 63, each once at a time. */
  readonly place: number;
}

/** The module that a luamtev program runs, and its entry function. */
interface Entry {
  readonly module: string;
  readonly function: string;
}

/**
 * Creates a runtime.
 *
 * @throws {LogConfigurationError} When the logs cannot be as the options say.
 *
 * @example Run Lua code that waits
 * ```ts
 * import { createRuntime } from "./runtime.ts";
 *
 * await using runtime = await createRuntime();
 * const [elapsed] = await runtime.eval("return mtev.sleep(0.01):seconds()");
 * console.log(Number(elapsed) >= 0.01); // true
 * ```
 */
export async function createRuntime(
  options: RuntimeOptions = {},
): Promise<Runtime> {
  const engine = options.engine ?? DEFAULT_ENGINE;
  const makeState = await createState(engine);
  const runtime = new Runtime(makeState, options);
  if (options.logs !== undefined) await configure(runtime, options.logs);
  return runtime;
}

/** Makes the log streams, with code that most programs do without. */
async function configure(
  runtime: Runtime,
  logs: readonly LogDescription[],
): Promise<void> {
  const { configureLogs } = await import("../runtime/log/configure.ts");
  try {
    configureLogs(runtime.logs, logs);
  } catch (error) {
    await runtime[Symbol.asyncDispose]();
    throw error;
  }
}

/** A Lua state with its event loop. Made by {@link createRuntime}. */
export class Runtime implements Disposable, AsyncDisposable {
  /** The event loop. */
  readonly eventer: Eventer;
  /** The log streams. */
  readonly logs: Logs;
  /** What `mtev.stats` records. */
  readonly stats = new Recorder();
  readonly #options: RuntimeOptions;
  readonly #makeState: () => LuaState;
  readonly #process: ProcessContext;
  readonly #old = new Set<MtevContext>();
  readonly #definitions = new Map<string, HostFunction>();
  /** Gives up calls that wait for the loop to start them. */
  readonly #unstarted = new Set<(reason: Error) => void>();
  readonly #configuration: ConfigurationSource;
  #disposed = false;
  #context: MtevContext;
  #entry: Entry | undefined;
  #shared: SharedWaits | undefined;

  /** Use {@link createRuntime}. */
  constructor(makeState: () => LuaState, options: RuntimeOptions) {
    this.#options = options;
    this.#makeState = makeState;
    this.eventer = new Eventer(options.eventer);
    const loop = options.loop ?? 0;
    this.logs = new Logs({
      stdout: options.stdout ?? ((bytes) => writeFully(1, bytes)),
      stderr: options.stderr ?? ((bytes) => writeFully(2, bytes)),
      threadName: `e:default/${loop}`,
      eventer: this.eventer,
      rotates: loop === 0,
      stats: this.stats,
    });
    if (options.logs === undefined) addDefaultLogs(this.logs);
    this.#configuration = options.configuration ??
      new ConfigurationSource(() => ({ text: NO_CONFIGURATION }));
    this.#configuration.report = (stream, line) =>
      this.logs.get(stream).log(`${line}\n`);
    this.#process = {
      logs: this.logs,
      configuration: this.#configuration,
      hooks: new Hooks(),
      stats: this.stats,
      concurrency: options.concurrency ?? 1,
      printFacility: options.printFacility ?? "stdout",
      shared: () => this.#shared ??= this.#openShared(),
      generation: 0,
      reload: () => this.eventer.post(() => this.#reload()),
    };
    this.#context = this.#createContext();
  }

  /** The Lua state. `mtev.runtime_reload` puts a fresh one in its place. */
  get state(): LuaState {
    return this.#context.state;
  }

  /** The managed coroutines of the state. */
  get coroutines(): Coroutines {
    return this.#context.coroutines;
  }

  /** The table of globals. */
  get globals(): LuaTable {
    return this.state.globals;
  }

  /**
   * Runs a module as the luamtev program does: loads it in a new coroutine,
   * finds its entry function and calls that. Returns at once; all of it happens
   * on the loop, and what fails is an uncaught error of that coroutine.
   *
   * @param module A module name, or the absolute path of a file.
   * @param entry The name of the entry function.
   * @throws {Error} When the runtime is disposed.
   */
  run(module: string, entry = "main"): void {
    this.#check("run a module");
    this.#entry = { module, function: entry };
    this.eventer.post(() => this.#dispatch());
  }

  /**
   * Runs a piece of Lua as the luamtev program does with `--eval`: in a new
   * coroutine, with the runtime's `args` as `...`; what fails, be it the
   * compiler, is an uncaught error. Returns at once.
   *
   * @param source Lua source text.
   * @param chunkName What error messages call it: `=name`, or `@file`.
   * @param onEnd Called when the code has returned.
   * @throws {Error} When the runtime is disposed.
   */
  runCode(source: string, chunkName: string, onEnd: () => void): void {
    this.#check("run Lua code");
    const { state, coroutines } = this.#context;
    this.eventer.post(() => {
      let chunk: LuaFunction;
      try {
        chunk = state.load(encodeText(source), chunkName);
      } catch (error) {
        if (!(error instanceof LuaError)) throw error;
        return this.#reportFatal(state, "", error.value);
      }
      const args = (this.#options.args ?? []).map(encodeText);
      coroutines.spawn(chunk, args, {
        onEnd: (end) => {
          if (end.kind === "ended") onEnd();
          else if (end.kind === "failed") {
            this.#reportUncaught(state, undefined, end.error);
          }
        },
      });
    });
  }

  /** Writes out what `io` buffers. */
  flush(): void {
    this.#context.libraries.flush();
  }

  /**
   * Ends the program as `os.exit` does: what `io` buffers is written first.
   *
   * @param code The exit status.
   */
  exit(code: number): never {
    const { libraries, resources } = this.#context;
    libraries.flush();
    return this.#exit(resources, code);
  }

  /**
   * Calls a Lua function in a new coroutine. It may wait for anything.
   *
   * @param callee A function, or its name among the globals (`"a.b.c"`).
   * @returns Its results, once it has ended.
   * @throws {LuaError} What it raised, with a traceback, or `coroutine
   * cancelled` when it was, also by the end of the runtime.
   * @throws {Error} When the runtime is disposed.
   */
  async call(
    callee: LuaFunction | string,
    ...args: LuaValue[]
  ): Promise<LuaValue[]> {
    this.#check("call a Lua function");
    const context = this.#context;
    return await new Promise((resolve, reject) => {
      this.#unstarted.add(reject);
      this.eventer.post(() => {
        this.#unstarted.delete(reject);
        try {
          context.coroutines.spawn(this.#find(callee), args, {
            onEnd(end) {
              if (end.kind === "ended") resolve(end.values);
              else if (end.kind === "failed") reject(end.error);
              else reject(cancelled());
            },
          });
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /**
   * Compiles a piece of Lua and runs it in a new coroutine.
   *
   * @param source Lua source text.
   * @param chunkName What error messages call it: `=name`, or `@file`.
   * @returns What the chunk returns.
   * @throws {LuaError} A syntax error, or what the chunk raised.
   */
  async eval(source: string, chunkName = "=eval"): Promise<LuaValue[]> {
    this.#check("run Lua code");
    return await this.call(this.state.load(encodeText(source), chunkName));
  }

  /**
   * Loads a module as Lua's `require` does, in a new coroutine.
   *
   * @param name A module name, or the path of a file.
   * @returns What the module returned, or its table.
   */
  async require(name: string): Promise<LuaValue> {
    return (await this.call("require", encodeText(name)))[0];
  }

  /**
   * Makes a TypeScript function callable from Lua, in this state and in each
   * that `mtev.runtime_reload` puts in its place.
   *
   * @param name Its name among the globals; tables on the way are made.
   */
  define(name: string, fn: HostFunction): void {
    defineGlobal(this.state, name, fn);
    this.#definitions.set(name, fn);
  }

  /**
   * Ends all coroutines and releases what they own. Descriptors of the loop
   * are closed as soon as it is no longer inside the operating system; use
   * `await using` to wait for that.
   */
  [Symbol.dispose](): void {
    this.#disposeStates();
    this.eventer[Symbol.dispose]();
  }

  /** Ends all coroutines and waits until everything is released. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposeStates();
    await this.eventer[Symbol.asyncDispose]();
  }

  #check(action: string): void {
    if (this.#disposed) {
      throw new Error(`Cannot ${action}: the runtime is disposed`);
    }
  }

  #disposeStates(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const reject of this.#unstarted) reject(cancelled());
    this.#unstarted.clear();
    for (const context of [this.#context, ...this.#old]) {
      disposeContext(context);
    }
    this.#old.clear();
    this.#shared?.[Symbol.dispose]();
    this.logs[Symbol.dispose]();
    this.#configuration[Symbol.dispose]();
    this.#shared = undefined;
  }

  #openShared(): SharedWaits {
    const { buffer, place } = this.#options.shared ??
      { buffer: newStoreBuffer(), place: 0 };
    const store = new SharedStore(buffer, place, this.eventer.wakeFd);
    return new SharedWaits(store, this.eventer);
  }

  #createContext(): MtevContext {
    const state = this.#makeState();
    const coroutines = new Coroutines(
      state,
      this.eventer,
      ({ spawnedAt }, error) => this.#reportUncaught(state, spawnedAt, error),
    );
    const resources = new Set<StateResource>();
    const libraries = openLibraries(state, {
      exit: (code) => this.#exit(resources, code),
    });
    const context: MtevContext = {
      process: this.#process,
      state,
      libraries,
      resources,
      eventer: this.eventer,
      coroutines,
      loop: this.#options.loop ?? 0,
      generation: this.#process.generation,
    };
    this.#setPaths(state);
    openMtev(context);
    addDirectLoader(state);
    this.#setArguments(state);
    for (const [name, fn] of this.#definitions) defineGlobal(state, name, fn);
    const { interrupt, runLimit } = this.#options;
    state.setInterrupt(
      runLimit === undefined
        ? interrupt
        : limitRuns(runLimit, state, coroutines, interrupt),
    );
    return context;
  }

  #exit(resources: ReadonlySet<StateResource>, code: number): never {
    for (const resource of resources) resource.beforeExit?.();
    this.logs.goSync();
    return (this.#options.exit ?? Deno.exit)(code);
  }

  #setPaths(state: LuaState): void {
    const library = state.globals.get("package") as LuaTable;
    for (const key of ["path", "cpath"] as const) {
      const template = this.#options[key] ?? defaultTemplate(key);
      const builtIn = String(library.get(key));
      library.set(
        key,
        encodeText(template).replace(`{package.${key}}`, () => builtIn),
      );
    }
  }

  #setArguments(state: LuaState): void {
    const arg = state.newTable();
    (this.#options.args ?? []).forEach((value, index) =>
      arg.set(index + 1, encodeText(value))
    );
    state.globals.set("arg", arg);
    const env = state.newTable();
    const given = this.#options.env;
    if (given === undefined) {
      for (const [name, value] of environment()) env.set(name, value);
    } else {
      for (const [name, value] of Object.entries(given)) {
        env.set(encodeText(name), encodeText(value));
      }
    }
    state.globals.set("ENV", env);
  }

  #find(callee: LuaFunction | string): LuaFunction {
    if (typeof callee !== "string") return callee;
    let value: LuaValue = this.globals;
    for (const part of callee.split(".")) {
      value = value === undefined
        ? undefined
        : this.state.index(value, encodeText(part));
    }
    if (!isFunction(value)) {
      throw new TypeError(`Cannot call "${callee}": no such Lua function`);
    }
    return value;
  }

  #dispatch(): void {
    const { state, coroutines } = this.#context;
    const entry = this.#entry;
    if (entry === undefined) throw new InternalError("No module to run");
    const module = encodeText(entry.module);
    const name = encodeText(entry.function);
    const fatal = (message: string) =>
      state.newFunction(
        "fatal",
        (reason) => this.#reportFatal(state, message + "\n", reason),
      );
    const preloads = state.newTable();
    (this.#options.preloads ?? []).forEach((preload, index) =>
      preloads.set(index + 1, encodeText(preload))
    );
    const notPreloaded = state.newFunction(
      "not_preloaded",
      (preload, reason) => {
        this.logs.get("error/lua").log(
          `lua: require ${preload} failed: ${state.tostring(reason)}\n`,
        );
        return NOTHING;
      },
    );
    const entryArguments = [
      module,
      name,
      fatal(`lua: require ${module} failed`),
      fatal(`lua dispatch error: no such module: '${module}'`),
      fatal(`lua dispatch error: no function '${name}' in module '${module}'`),
      preloads,
      notPreloaded,
      state.newFunction("started", () => {
        callHook(this.#context, "eventer_started");
        return NOTHING;
      }),
    ];
    coroutines.spawn(loadPrelude(state, "dispatch"), entryArguments, {
      onEnd: (end) => {
        if (end.kind !== "failed") return;
        this.#reportUncaught(state, undefined, end.error);
        this.logs.get("error").log("lua dispatch error: -1\n");
      },
    });
  }

  /** What keeps a program from starting, and why if that is known. */
  #reportFatal(state: LuaState, message: string, reason: LuaValue): undefined {
    this.logs.get("error").log(
      message +
        (reason === undefined
          ? ""
          : `lua: ${state.tostring(reason)}\nstack traceback:\n`),
    );
    this.#options.onUncaught?.();
  }

  #reportUncaught(
    state: LuaState,
    spawnedAt: Coroutine["spawnedAt"],
    error: LuaError,
  ): void {
    this.logs.get("error").log(uncaughtReport(state, spawnedAt, error));
    this.#options.onUncaught?.();
  }

  #reload(): void {
    const old = this.#context;
    callDefunct(old);
    this.#old.add(old);
    old.coroutines.onIdle = () => {
      this.#old.delete(old);
      disposeContext(old);
    };
    this.#context = this.#createContext();
    if (this.#entry !== undefined) this.#dispatch();
  }
}

function cancelled(): LuaError {
  return new LuaError("coroutine cancelled");
}

function defineGlobal(state: LuaState, name: string, fn: HostFunction): void {
  const path = name.split(".");
  const last = path.pop()!;
  let table = state.globals;
  for (const part of path) {
    let next = table.get(part);
    if (next === undefined) table.set(part, next = state.newTable());
    if (!isTable(next)) {
      throw new TypeError(`Cannot define "${name}": "${part}" is not a table`);
    }
    table = next;
  }
  definer(state)(table, last, fn);
}

function disposeContext(context: MtevContext): void {
  const { coroutines, libraries, resources, state } = context;
  coroutines[Symbol.dispose]();
  for (const resource of resources) resource[Symbol.dispose]();
  libraries[Symbol.dispose]();
  state[Symbol.dispose]();
}

function defaultTemplate(key: "path" | "cpath"): string {
  return key === "path"
    ? `${currentFolderText()}/?.lua;{package.path}`
    : `{package.cpath}`;
}
