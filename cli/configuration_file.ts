/**
 * What luamtev takes from a configuration file (`-c`): where Lua code is found
 * and what runs. What the process is to be is in process_setup.ts.
 *
 * A problem is one sentence and an exit status. Sections of subsystems that are not there yet
 * (listeners, REST, clusters) are let alone. Specification: runtime.md §0.2, §1,
 * mtev-lua-api.md §16.2, §17.1; the sentences: runtime-observed.md.
 */
import type { RunLimit } from "../lua/run_limit.ts";
import { decodeBytes, encodeText } from "../lua/text.ts";
import type { Configuration } from "../runtime/conf/configuration.ts";
import { ConfigurationSource } from "../runtime/conf/configuration_source.ts";
import type { ConfSection } from "../runtime/conf/section.ts";
import type { LogDescription } from "../runtime/log/description.ts";
import { StartError } from "./start_error.ts";

/** What to run, and how. Texts are JavaScript's. */
export interface ConfiguredRun {
  readonly path: string;
  readonly cpath: string;
  readonly entry: string;
  readonly preloads: readonly string[];
  /** Whether each event loop runs the entry function. */
  readonly concurrent: boolean;
  readonly concurrency: number;
  readonly runLimit?: RunLimit;
  /** Whether an uncaught error ends the program. */
  readonly tragedyTerminates: boolean;
}

const EXIT_START = 2;

/** The lua_general module of a configuration. */
const GENERAL = "//modules//generic[@name='lua_general']";

/**
 * Loads a configuration file.
 *
 * @param file The file, a binary string.
 * @param report Receives what is wrong but no reason to stop.
 * @throws {StartError} When it cannot be used.
 */
export async function openConfigurationFile(
  file: string,
  report: (stream: string, line: string) => void,
): Promise<ConfigurationSource> {
  const source = new ConfigurationSource(() => ({ path: file }));
  source.report = report;
  const { ConfError } = await import("../runtime/conf/conf_error.ts");
  try {
    const configuration = await source.load();
    if (configuration.document.root.name !== "cli") {
      throw new StartError(
        ["[TERMINATE] The config must have <cli> as its root node"],
        EXIT_START,
      );
    }
    return source;
  } catch (error) {
    if (!(error instanceof ConfError)) throw error;
    throw new StartError(
      [...error.problems, `[TERMINATE] Cannot load config: '${file}'`],
      EXIT_START,
    );
  }
}

/**
 * Reads what to run, and puts the module into the configuration.
 *
 * @param module The module of the command line.
 * @param processors What a concurrency of 0 stands for.
 * @throws {StartError} When the configuration runs no Lua, or wrongly.
 */
export async function configuredRun(
  configuration: Configuration,
  module: string,
  processors: number,
): Promise<ConfiguredRun> {
  const { findSections } = await import("../runtime/conf/section.ts");
  const general = findSections(configuration, GENERAL)
    .findLast((section) => !section.isOff());
  if (general === undefined) {
    throw new StartError([
      'luamtev: the configuration has no module lua_general, which runs Lua: <modules><generic image="lua_mtev" name="lua_general">',
    ], EXIT_START);
  }
  if (general.sections("config").length === 0) {
    configuration.overlay(`${GENERAL}/config`, "");
  }
  const place = `${GENERAL}/config/lua_module`;
  configuration.overlay(place, encodeText(module));
  const hash = general.hash("config");
  const text = (key: string) => {
    const value = hash.get(key);
    return value === undefined ? undefined : decodeBytes(value);
  };
  reportOtherModules(configuration, findSections(configuration, MODULES));
  const runLimit = runLimitOf(hash);
  const concurrency = configuration.get("//eventer//config/concurrency");
  const count = Math.trunc(Number(concurrency ?? 1)) || processors;
  return {
    path: searchPath(configuration, text("directory") ?? DEFAULT_PATH),
    cpath: (text("cpath") ?? DEFAULT_CPATH)
      .replace(/\{mtev\.lua_cpath\};?/, ""),
    entry: text("lua_function") ?? "main",
    preloads: words(text("preloads")),
    concurrent: /^(?:on|true)$/i.test(text("concurrent") ?? ""),
    concurrency: count,
    ...(runLimit && { runLimit }),
    tragedyTerminates: /^(?:true|yes)$/i.test(text("tragedy_terminates") ?? ""),
  };
}

/**
 * Reads the log streams.
 *
 * @throws {LogConfigurationError} When they are not described well.
 */
export async function configuredLogs(
  configuration: Configuration,
): Promise<LogDescription[]> {
  const { findSections } = await import("../runtime/conf/section.ts");
  const { describeLogs } = await import("../runtime/log/logs_section.ts");
  return describeLogs(
    findSections(configuration, "/*/logs//log | /*/include/logs//log"),
  );
}

const DEFAULT_PATH = "{mtev.lua_path};{package.path}";
const DEFAULT_CPATH = "{mtev.lua_cpath};{package.cpath}";

/** Modules of other kinds than the one that runs Lua. */
const MODULES = "//modules//generic | //modules//loader";

function words(text: string | undefined): string[] {
  return (text ?? "").split(",").map((word) => word.trim()).filter(Boolean);
}

/** What comes with luamtev is built in; a folder of modules may add to it. */
function searchPath(configuration: Configuration, template: string): string {
  const folder = configuration.get("//modules/@directory");
  return template.replace(
    /\{mtev\.lua_path\}(;?)/,
    (_, semicolon: string) =>
      folder === undefined || folder === ""
        ? ""
        : `${decodeBytes(folder)}/lua/?.lua${semicolon}`,
  );
}

/** Modules of C cannot be loaded: whoever wants one is told. */
function reportOtherModules(
  configuration: Configuration,
  modules: readonly ConfSection[],
): void {
  for (const module of modules) {
    const [image, name] = [module.text("@image"), module.text("@name")];
    if (image === "lua_mtev" || module.isOff()) continue;
    configuration.report(
      "error/conf",
      `Could not load ${module.name} ${image ?? ""}:${
        name ?? ""
      }: modules of C are not supported`,
    );
  }
}

function runLimitOf(hash: ReadonlyMap<string, string>): RunLimit | undefined {
  const mode = hash.get("interrupt_mode") ?? "error";
  if (mode !== "error" && mode !== "preempt") {
    throw new StartError([
      `luamtev: interrupt_mode is 'error' or 'preempt', not '${mode}'`,
    ], EXIT_START);
  }
  const seconds = Number(hash.get("interrupt_time") ?? 0);
  return seconds > 0 ? { seconds, mode } : undefined;
}
