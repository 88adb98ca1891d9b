/**
 * Runs the luamtev conformance corpus: small Lua modules beside the standard
 * output and the exit status that the reference recorded for them. A case is
 * `luamtev/<family>/<name>.lua` with `.out` and `.rc`, and perhaps `.args`,
 * `.flags`, `.env`, `.script`, `.stdin` (one item a line; `@DIR@` is the
 * case's folder). This is not part of `deno test`: see tools/run_tests.ts.
 *
 * A case counts as passed only when bytes and status are equal. Failures that
 * are known stand in `<engine>_known_failures.txt` with a reason, and a line
 * there that is no longer true is a failure too, so the list can only shrink.
 */
import { Buffer } from "node:buffer";
import { parseArgs } from "node:util";
import { DEFAULT_ENGINE } from "../../lua/engines.ts";
import { pool, withTempFolder } from "../../tools/script.ts";
import { KnownFailures } from "./known_failures.ts";

/** What to run, and how. */
export interface ConformanceOptions {
  /** The folder that holds `<family>/<name>.lua`. */
  readonly corpus: string;
  /** The program and its first arguments. */
  readonly command: readonly string[];
  /** The failures that are expected. */
  readonly known: KnownFailures;
  /** Which cases, a glob over `family/name`; `*` crosses no slash. */
  readonly glob?: string;
  /** How many cases run at once; 2 by default. */
  readonly jobs?: number;
  /** After how many milliseconds a case is ended; 20 s by default. */
  readonly limit?: number;
}

/** Counts, and a line for each case that went otherwise than expected. */
export interface ConformanceResult {
  readonly passed: number;
  readonly failed: number;
  readonly known: number;
  readonly problems: readonly string[];
}

/**
 * Runs the corpus.
 *
 * @param options What to run, and how
 * @returns The counts; a stale line of the known failures counts as failed
 * @throws {RangeError} When no case matches the glob
 */
export async function runConformance(
  options: ConformanceOptions,
): Promise<ConformanceResult> {
  const all = listCases(options.corpus);
  const pattern = globToRegExp(options.glob ?? "*/*");
  const chosen = all.filter((name) => pattern.test(name));
  if (chosen.length === 0) {
    throw new RangeError(
      `Cannot run the corpus: no case matches "${options.glob ?? "*/*"}"`,
    );
  }
  const failures = new Map<string, string>();
  await pool(options.jobs ?? 2, chosen, async (name) => {
    const why = await runCase(options, name);
    if (why !== undefined) failures.set(name, why);
  });
  const problems: string[] = [];
  let known = 0;
  for (const [name, why] of [...failures].sort()) {
    if (options.known.reason(name) !== undefined) known++;
    else problems.push(`FAIL ${name}: ${why}`);
  }
  const failed = problems.length;
  const stale = options.known.stale(all, chosen, failures);
  return {
    passed: chosen.length - failures.size,
    failed: failed + stale.length,
    known,
    problems: [...problems, ...stale],
  };
}

/** The names `family/name` of all cases with a recorded output, sorted. */
function listCases(corpus: string): string[] {
  const cases: string[] = [];
  for (const family of Deno.readDirSync(corpus)) {
    if (!family.isDirectory) continue;
    for (const file of Deno.readDirSync(`${corpus}/${family.name}`)) {
      if (file.isFile && file.name.endsWith(".out")) {
        cases.push(`${family.name}/${file.name.slice(0, -".out".length)}`);
      }
    }
  }
  return cases.sort();
}

function globToRegExp(glob: string): RegExp {
  const source = glob.replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "[^/]*").replaceAll("?", "[^/]");
  return new RegExp(`^${source}$`);
}

/** Runs one case in a fresh folder. Returns what is wrong, or undefined. */
function runCase(
  options: ConformanceOptions,
  name: string,
): Promise<string | undefined> {
  return withTempFolder(async (folder) => {
    const base = `${options.corpus}/${name}`;
    const directory = base.slice(0, base.lastIndexOf("/"));
    const lines = (ending: string) =>
      readLines(`${base}${ending}`).map((line) =>
        line.replaceAll("@DIR@", directory)
      );
    const env: Record<string, string> = {
      SHELL: "/bin/sh",
      TZ: "UTC",
      LC_ALL: "C",
    };
    for (const line of lines(".env")) {
      const equals = line.indexOf("=");
      env[line.slice(0, equals)] = line.slice(equals + 1);
    }
    const command = [
      ...options.command,
      ...lines(".flags"),
      lines(".script")[0] ?? `${base}.lua`,
      ...lines(".args"),
    ];
    const input = exists(`${base}.stdin`) ? `${base}.stdin` : "/dev/null";
    Deno.mkdirSync(`${folder}/cwd`);
    const status = await runWithLimit(
      // The shell redirects, so that output goes to files as it did when it
      // was recorded, and a process left behind cannot hold a pipe open.
      [
        "/bin/sh",
        "-c",
        'in=$1 out=$2 err=$3; shift 3; exec "$@" <"$in" >"$out" 2>"$err"',
        "sh",
        input,
        `${folder}/out`,
        `${folder}/err`,
        ...command,
      ],
      { cwd: `${folder}/cwd`, env },
      options.limit ?? 20_000,
    );
    const want = Number(readLines(`${base}.rc`)[0]);
    const problems: string[] = [];
    if (status !== want) problems.push(`status ${status}, want ${want}`);
    const difference = firstDifference(
      Deno.readFileSync(`${folder}/out`),
      Deno.readFileSync(`${base}.out`),
    );
    if (difference !== undefined) problems.push(difference);
    if (problems.length === 0) return undefined;
    const error = readLines(`${folder}/err`).slice(0, 3).join(" | ");
    if (error !== "") problems.push(`stderr: ${error.slice(0, 200)}`);
    return problems.join("; ");
  });
}

/**
 * Runs a command in a process group of its own and ends the whole group after
 * it. Returns the exit status as a shell gives it, or "timeout".
 */
async function runWithLimit(
  command: readonly string[],
  place: { cwd: string; env: Record<string, string> },
  limit: number,
): Promise<number | "timeout"> {
  const [program, ...args] = command;
  const child = new Deno.Command(program ?? "", {
    args,
    ...place,
    stdin: "null",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
  let expired = false;
  const timer = setTimeout(() => {
    expired = true;
    killGroup(child.pid);
  }, limit);
  const status = await child.status;
  clearTimeout(timer);
  killGroup(child.pid);
  if (expired) return "timeout";
  return status.signal === null ? status.code : 128 + (status.code & 127);
}

function killGroup(pid: number): void {
  try {
    Deno.kill(-pid, "SIGKILL");
  } catch (error) {
    // Nothing is left of the group.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function firstDifference(
  got: Uint8Array,
  want: Uint8Array,
): string | undefined {
  if (
    got.length === want.length && got.every((byte, at) => byte === want[at])
  ) {
    return undefined;
  }
  // One character a byte, so that different bytes cannot look alike.
  const gotLines = Buffer.from(got).toString("latin1").split("\n");
  const wantLines = Buffer.from(want).toString("latin1").split("\n");
  let line = 0;
  while (gotLines[line] === wantLines[line]) line++;
  const show = (value: string | undefined) =>
    value === undefined ? "nothing" : JSON.stringify(value.slice(0, 100));
  return `stdout line ${line + 1}: got ${show(gotLines[line])}, want ${
    show(wantLines[line])
  }`;
}

/** The lines of a file without the last newline; none if there is no file. */
function readLines(path: string): string[] {
  if (!exists(path)) return [];
  const text = Deno.readTextFileSync(path).replace(/\n$/, "");
  return text === "" ? [] : text.split("\n");
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * The project's own corpus with the project's own command.
 *
 * @param engine The engine's name; the default engine when undefined
 * @returns The options for {@link runConformance}
 */
export function ownCorpus(engine?: string): ConformanceOptions {
  const here = new URL(".", import.meta.url).pathname;
  return {
    corpus: `${here}luamtev`,
    command: [
      new URL("../../bin/luamtev", import.meta.url).pathname,
      ...(engine === undefined ? [] : [`--engine=${engine}`]),
    ],
    known: KnownFailures.read(
      `${here}${engine ?? DEFAULT_ENGINE}_known_failures.txt`,
    ),
  };
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: {
      command: { type: "string" },
      engine: { type: "string" },
      jobs: { type: "string", default: Deno.env.get("JOBS") ?? "2" },
    },
  });
  const own = ownCorpus(values.engine);
  const result = await runConformance({
    ...own,
    command: values.command?.split(" ") ?? own.command,
    jobs: Number(values.jobs),
    ...(positionals[0] === undefined ? {} : { glob: positionals[0] }),
  });
  for (const problem of result.problems) console.log(problem);
  console.log(
    `${result.passed} passed, ${result.failed} failed, ${result.known} known failures`,
  );
  if (result.failed > 0) Deno.exit(1);
}
