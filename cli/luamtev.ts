/**
 * The luamtev program: runs a Lua module on the event runtime.
 *
 * Only what a command line needs is here: options, messages, exit statuses.
 * Specification: mtev-lua-api.md §16.
 */
import {
  DEFAULT_ENGINE,
  type EngineName,
  isEngineName,
  mapScripts,
} from "../lua/engines.ts";
import type { Runtime, RuntimeOptions } from "../lua/runtime.ts";
import type { ConfigurationOrigin } from "../runtime/conf/configuration.ts";
import { ConfigurationSource } from "../runtime/conf/configuration_source.ts";
import { strerror } from "../runtime/posix/posix_error.ts";
import { become } from "../runtime/posix/spawn.ts";
import { writeFully } from "../runtime/posix/write_fully.ts";
import { currentFolderText } from "../lua/current_folder.ts";
import { encodeText } from "../lua/text.ts";
import type { LogDescription } from "../runtime/log/description.ts";
import type { ConfiguredRun } from "./configuration_file.ts";
import { commandLine } from "./command_line.ts";
import { serveLogFiles } from "./log_files.ts";
import {
  type Options,
  parseOptions,
  searchTemplate,
  USAGE,
} from "./options.ts";
import { resolveScript } from "./script_path.ts";
import { handleSignals, type TerminatingSignal } from "./signals.ts";
import {
  defineStandardInput,
  readStandardInput,
  STANDARD_INPUT,
} from "./standard_input.ts";
import {
  EXIT_SIGNAL,
  EXIT_UNCAUGHT,
  terminationMessage,
  UNCAUGHT_MESSAGE,
} from "./termination.ts";
import { VERSION } from "./version.ts";

const EXIT_USAGE = 2;

/** What to run. */
type Task =
  | {
    readonly kind: "module";
    readonly module: string;
    /** The module's source, when it came from standard input. */
    readonly source?: string;
  }
  | { readonly kind: "code"; readonly code: string }
  | { readonly kind: "repl" };

try {
  await main(commandLine());
} catch (error) {
  await refuse(error);
}

/** Ends the program because of what keeps it from starting. */
async function refuse(error: unknown): Promise<never> {
  const { startError } = await import("./start_error.ts");
  const { lines, status } = startError(error);
  for (const line of lines) writeFully(2, `${line}\n`);
  Deno.exit(status);
}

async function main(words: readonly string[]): Promise<void> {
  const options = parseOptions(words, navigator.hardwareConcurrency);
  for (const complaint of options.complaints) say(complaint);
  const engine = options.engine ?? DEFAULT_ENGINE;
  if (!isEngineName(engine)) fail(`unknown engine '${engine}'`);
  switch (options.action) {
    case "help":
      return print(USAGE);
    case "version":
      return print(
        `luamtev ${VERSION} (engine ${engine}, deno ${Deno.version.deno})\n`,
      );
    case "configuration":
      return print(await configuration(options));
  }
  if (options.unsupported.length > 0) fail(options.unsupported[0]!);
  const task = chooseTask(options);
  // Set by the launcher for deno itself, not for the program's children.
  for (const name of Deno.env.get("LUAMTEV_UNSET")?.split(" ") ?? []) {
    Deno.env.delete(name);
  }
  if (options.inspect) await mapScripts();
  else if (options.profile !== undefined) {
    const { writeScriptMaps } = await import("./profile_maps.ts");
    await writeScriptMaps(options.profile);
  }
  const setup = await setUp(options, task);
  if (task.kind === "repl") await runRepl(options, engine, setup);
  else if (task.kind === "module" && setup.concurrent) {
    await runStates(options, engine, task, setup);
  } else await run(options, engine, task, setup);
}

/** What the configuration, or the command line without one, asks for. */
interface Setup extends ConfiguredRun {
  readonly configuration: ConfigurationSource;
  /** The log streams; those of every program by default. */
  readonly streams?: readonly LogDescription[];
  /** What the configuration is made from. */
  readonly origin: () => ConfigurationOrigin | Promise<ConfigurationOrigin>;
}

async function setUp(options: Options, task: Task): Promise<Setup> {
  const { configuration: file, user, group } = options;
  if (file === undefined && user === undefined && group === undefined) {
    return generatedSetup(options);
  }
  const { dropRights, setUpProcess } = await import("./process_setup.ts");
  if (file === undefined) {
    await dropRights(encodeOptional(user), encodeOptional(group));
    return generatedSetup(options);
  }
  const { configuredLogs, configuredRun, openConfigurationFile } = await import(
    "./configuration_file.ts"
  );
  const source = await openConfigurationFile(
    encodeText(file),
    (_, line) => writeFully(2, `${line}\n`),
  );
  const configuration = await source.load();
  const run = await configuredRun(
    configuration,
    task.kind === "module" ? task.module : "",
    navigator.hardwareConcurrency,
  );
  if (run.concurrent && !options.concurrent) startConcurrently();
  await setUpProcess(configuration, { user, group });
  const path = configuration.path!;
  return {
    ...run,
    streams: await configuredLogs(configuration),
    concurrent: run.concurrent || options.concurrent,
    configuration: source,
    origin: () => ({ path }),
  };
}

/**
 * Starts the program anew with `--concurrent`, which the launcher must know of:
 * it sets the size of the stacks.
 */
function startConcurrently(): never {
  const { pathname } = new URL("../bin/luamtev", import.meta.url);
  const launcher = decodeURIComponent(pathname);
  const words = [launcher, "--concurrent", ...commandLine()].map(encodeText);
  const error = become(encodeText(launcher), words);
  fail(`cannot start ${launcher}: ${strerror(-error)}`);
}

function encodeOptional(text: string | undefined): string | undefined {
  return text === undefined ? undefined : encodeText(text);
}

function generatedSetup(options: Options): Setup {
  const origin = async () => ({
    text: encodeText(await configuration(options)),
  });
  return {
    ...searchPaths(options),
    entry: options.entry,
    preloads: [],
    concurrent: options.concurrent,
    concurrency: options.concurrency,
    tragedyTerminates: true,
    configuration: new ConfigurationSource(origin),
    origin,
  };
}

function chooseTask({ code, concurrent, operands: [script] }: Options): Task {
  if (code !== undefined) {
    if (concurrent) fail("--eval runs in one state: leave out --concurrent");
    return { kind: "code", code };
  }
  if (script === undefined) {
    const isTerminal = Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
    if (isTerminal && !concurrent) return { kind: "repl" };
    writeFully(2, USAGE);
    Deno.exit(EXIT_USAGE);
  }
  if (script === STANDARD_INPUT) {
    return { kind: "module", module: script, source: readStandardInput() };
  }
  const path = resolveScript(script);
  if (!path.ok) {
    writeFully(2, encodeText(`Bad file: ${script}\n`));
    Deno.exit(EXIT_USAGE);
  }
  return { kind: "module", module: path.module };
}

/** Several states, each on a thread of its own. */
async function runStates(
  { logs, operands }: Options,
  engine: EngineName,
  { module, source }: Extract<Task, { kind: "module" }>,
  setup: Setup,
): Promise<void> {
  const { MAX_STATES, runConcurrently } = await import("./concurrent.ts");
  const { concurrency, entry, path, cpath, preloads } = setup;
  if (concurrency > MAX_STATES) {
    fail(`cannot run ${concurrency} states: at most ${MAX_STATES}`);
  }
  handleSignals((signal) => {
    writeFully(2, terminationMessage(signal));
    Deno.exit(EXIT_SIGNAL);
  });
  Deno.exit(
    await runConcurrently({
      engine,
      module,
      source,
      entry,
      logs,
      concurrency,
      args: operands,
      path,
      cpath,
      preloads,
      runLimit: setup.runLimit,
      tragedyTerminates: setup.tragedyTerminates,
      streams: setup.streams,
      configuration: await setup.origin(),
    }),
  );
}

async function run(
  options: Options,
  engine: EngineName,
  task: Exclude<Task, { kind: "repl" }>,
  setup: Setup,
): Promise<void> {
  const terminate = (signal: TerminatingSignal) => {
    runtime.logs.get("stderr").log(terminationMessage(signal));
    runtime.logs.goSync();
    Deno.exit(EXIT_SIGNAL);
  };
  // Late, so that `-h` need not wait for all of it.
  const { createRuntime } = await import("../lua/runtime.ts");
  const runtime: Runtime = await createRuntime({
    ...runtimeOptions(options, engine, setup),
    interrupt: handleSignals(terminate),
    onUncaught() {
      if (!setup.tragedyTerminates) return;
      runtime.logs.get("error").log(UNCAUGHT_MESSAGE);
      runtime.logs.goSync();
      Deno.exit(EXIT_UNCAUGHT);
    },
  });
  serveLogFiles(runtime.logs, true);
  for (const name of options.logs) runtime.logs.enable(name, true);
  if (task.kind === "code") {
    runtime.runCode(task.code, "=(command line)", () => runtime.exit(0));
  } else {
    const { source } = task;
    if (source !== undefined) defineStandardInput(runtime, source);
    runtime.run(task.module, setup.entry);
  }
  await runtime.eventer.run(); // for ever: a module ends by os.exit (§16.2)
}

async function runRepl(
  options: Options,
  engine: EngineName,
  setup: Setup,
): Promise<void> {
  const { startRepl } = await import("./repl.ts");
  const runtime = await startRepl(runtimeOptions(options, engine, setup));
  for (const name of options.logs) runtime.logs.enable(name, true);
  await runtime.eventer.run();
}

function runtimeOptions(
  options: Options,
  engine: EngineName,
  setup: Setup,
): RuntimeOptions {
  const { configuration, path, cpath, concurrency, preloads, runLimit } = setup;
  const { streams } = setup;
  return {
    engine,
    args: options.operands,
    path,
    cpath,
    concurrency,
    preloads,
    ...(runLimit && { runLimit }),
    ...(streams && { logs: streams }),
    configuration,
    eventer: { exclusive: true, autoRun: false },
  };
}

/** The templates of §16.1. */
function searchPaths(options: Options): { path: string; cpath: string } {
  const folder = currentFolderText();
  const modules = options.modules === undefined
    ? ""
    : `${options.modules}/lua/?.lua;`;
  const path = `${modules}${folder}/?.lua;{package.path}`;
  const cpath = "{package.cpath}";
  return {
    path: searchTemplate(options.path, path, folder),
    cpath: searchTemplate(options.cpath, cpath, folder),
  };
}

async function configuration(options: Options): Promise<string> {
  const { generatedConfiguration } = await import(
    "./generated_configuration.ts"
  );
  const [script = "unspecified.lua"] = options.operands;
  const path = resolveScript(script);
  return generatedConfiguration({
    concurrency: options.concurrency,
    modules: options.modules ?? "",
    ...searchPaths(options),
    module: path.ok ? path.module : script,
    entry: options.entry,
  });
}

function print(text: string): void {
  writeFully(1, encodeText(text));
}

function say(sentence: string): void {
  writeFully(2, encodeText(`luamtev: ${sentence}\n`));
}

function fail(sentence: string): never {
  say(sentence);
  Deno.exit(EXIT_USAGE);
}
