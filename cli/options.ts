/**
 * The command line of luamtev: what the words mean, and the usage text.
 * Nothing is run here. Specification: mtev-lua-api.md §16.1.
 */
import { getopt } from "./getopt.ts";

/** The command line, understood. */
export interface Options {
  /** Asked for: the usage text, the version, or the configuration (`-T`). */
  action: "run" | "help" | "version" | "configuration";
  /** The engine (`--engine`). */
  engine: string | undefined;
  /** The entry function (`-e`). */
  entry: string;
  /** The code to run in place of a script (`--eval`). */
  code: string | undefined;
  /** The number of event loops (`-n`). */
  concurrency: number;
  /** Whether a debugger may look at Lua code (`--inspect`, …). */
  inspect: boolean;
  /** The folder to write a profile to (`--cpu-prof`). */
  profile: string | undefined;
  /** Whether each event loop runs the entry function (`--concurrent`). */
  concurrent: boolean;
  /** The templates of package.path and package.cpath (`-L`, `-C`). */
  path: string | undefined;
  cpath: string | undefined;
  /** The folder of modules (`-M`). */
  modules: string | undefined;
  /** Log streams to switch on (`-l`, `-d`). */
  readonly logs: string[];
  /** The configuration file (`-c`). */
  configuration: string | undefined;
  /** Whose rights to go on with (`-u`, `-g`): names or numbers. */
  user: string | undefined;
  group: string | undefined;
  /** Options whose subsystem is not there yet. */
  readonly unsupported: string[];
  /** Complaints to print before going on. */
  readonly complaints: string[];
  /** The script, and its arguments. */
  operands: readonly string[];
}

const LETTERS = "hTc:e:n:L:C:M:l:dimu:g:";
const LONG_WITH_VALUE = ["--eval"];

/** Why each option that is known but not there yet cannot be used. */
const LATER: Readonly<Record<string, string>> = {
  i: "the interactive console",
  m: "managed mode",
};

/** The usage text. */
export const USAGE = `Usage: luamtev [options] luafile [arguments]
       luamtev [options] --eval <code> [arguments]
       luamtev [options]

Runs a Lua module: loads luafile (a path, the name of a module, or - for
standard input) and calls its function main in a coroutine. The program ends
when it calls os.exit. Without luafile, on a terminal, it reads Lua code from
there and prints the results.

  -h             print this text
  -T             print the generated configuration
  -c <file>      the configuration, an XML document with the root <cli>; then -e,
                 -n, -L, -C and -M, which shape the generated one, do nothing
  -e <function>  the entry function (default: main)
  -n <k>         the number of event loops (default: 1; 0: one per processor)
  -L <path>      replace package.path; +<path> appends to it
  -C <path>      replace package.cpath; +<path> appends to it
  -M <folder>    the folder of modules
  -l <log>       switch on a log stream (repeatable)
  -d             switch on debug logging
  -u <user>      give up the rights of the user for those of another one
  -g <group>     the same for the group
  --eval <code>  run <code> in a coroutine with the arguments as ...; the
                 program ends with status 0 when the code has returned
  --concurrent   run the entry function on each event loop, in states of their
                 own that share nothing but what mtev.shared_* and
                 mtev.semaphore do
  --inspect[=<host:port>]  let a debugger for V8, such as Chrome's, show Lua
                 code; --inspect-wait waits for it, --inspect-brk stops too
  --cpu-prof[=<folder>]  write a profile there, for \`deno task profile\`
  --engine=<name>  the engine that runs Lua
  --version      print the version

Not there yet: -i, -m.
`;

/**
 * Understands a command line.
 *
 * @param words The words after the program's name.
 * @param processors What `-n 0` stands for.
 */
export function parseOptions(
  words: readonly string[],
  processors: number,
): Options {
  const options: Options = {
    action: "run",
    engine: undefined,
    entry: "main",
    code: undefined,
    concurrency: 1,
    inspect: false,
    profile: undefined,
    concurrent: false,
    path: undefined,
    cpath: undefined,
    modules: undefined,
    configuration: undefined,
    user: undefined,
    group: undefined,
    logs: [],
    unsupported: [],
    complaints: [],
    operands: [],
  };
  const parsed = getopt(words, LETTERS, LONG_WITH_VALUE);
  options.complaints.push(...parsed.complaints);
  options.operands = parsed.operands;
  for (const { letter, value = "" } of parsed.options) {
    if (letter === "--eval") options.code = value;
    else if (letter.startsWith("--")) applyLongOption(options, letter);
    else applyOption(options, letter, value, processors);
  }
  return options;
}

function applyLongOption(options: Options, word: string): void {
  if (word === "--version") options.action = "version";
  else if (word === "--help") options.action = "help";
  else if (word === "--concurrent") options.concurrent = true;
  else if (/^--inspect(-brk|-wait)?(=|$)/.test(word)) options.inspect = true;
  else if (word === "--cpu-prof") options.profile = ".";
  else if (word.startsWith("--cpu-prof=")) {
    options.profile = word.slice("--cpu-prof=".length) || ".";
  } else if (word.startsWith("--engine=")) {
    options.engine = word.slice("--engine=".length);
  } else options.complaints.push(`unrecognized option '${word}'`);
}

function applyOption(
  options: Options,
  letter: string,
  value: string,
  processors: number,
): void {
  switch (letter) {
    case "h":
      options.action = "help";
      break;
    case "T":
      if (options.action === "run") options.action = "configuration";
      break;
    case "e":
      options.entry = value;
      break;
    case "n": {
      const count = parseInt(value, 10) || 0;
      options.concurrency = count > 0 ? count : processors;
      break;
    }
    case "L":
      options.path = value;
      break;
    case "C":
      options.cpath = value;
      break;
    case "M":
      options.modules = value;
      break;
    case "c":
      options.configuration = value;
      break;
    case "u":
      options.user = value;
      break;
    case "g":
      options.group = value;
      break;
    case "l":
      options.logs.push(value);
      break;
    case "d":
      options.logs.push("debug");
      break;
    default:
      options.unsupported.push(
        `option -${letter} is not supported yet: ${LATER[letter]}`,
      );
  }
}

/**
 * The template of `package.path` or `package.cpath` that an option gives.
 *
 * @param option The option's value, if it was given.
 * @param standard The template without it.
 * @param folder The current folder, which `%s` stands for.
 */
export function searchTemplate(
  option: string | undefined,
  standard: string,
  folder: string,
): string {
  if (option === undefined) return standard;
  const value = option.replace("%s", () => folder);
  return value.startsWith("+") ? `${standard};${value.slice(1)}` : value;
}
