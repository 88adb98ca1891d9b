/**
 * The part of `busted.host` that counts lines and writes the reports of
 * coverage. What to count and when is decided in busted/lua/busted/coverage.lua.
 */
import { checkString, checkTable } from "../lua/args.ts";
import { definer } from "../lua/define.ts";
import { LuaError } from "../lua/errors.ts";
import { multi } from "../lua/host.ts";
import type { LineCounter } from "../lua/coverage.ts";
import type { Runtime } from "../lua/runtime.ts";
import { decodeBytes, encodeText } from "../lua/text.ts";
import { isTruthy, type LuaTable } from "../lua/value.ts";
import { binaryBytes } from "../runtime/posix/bytes.ts";
import { readBytes } from "../runtime/files/read.ts";
import {
  type FileCoverage,
  filesOf,
  mergeFiles,
  parseFiles,
  serializeFiles,
} from "./coverage.ts";
import { filePage, indexPage, pageName } from "./coverage_html.ts";
import { lcovTrace } from "./coverage_lcov.ts";
import { coverageTable } from "./coverage_text.ts";

/**
 * Adds `count_lines`, `line_counts` and `coverage_report` to the table of the
 * host module.
 *
 * @param runtime The runtime whose chunks are counted.
 * @param host The table.
 * @param folder The folder of the harness's own Lua files, never counted.
 */
export function addCoverage(
  runtime: Runtime,
  host: LuaTable,
  folder: string,
): void {
  const { state } = runtime;
  const define = definer(state);
  const own = `@${encodeText(folder)}`;
  let counter: LineCounter | undefined;

  /** count_lines(): true, or nil and why lines cannot be counted. */
  define(host, "count_lines", () => {
    counter = state.countLines?.((name) => !name.startsWith(own));
    return counter === undefined
      ? multi(undefined, `the engine ${state.engine} cannot count lines`)
      : true;
  });

  /** line_counts(): what was counted so far, as a string. */
  define(host, "line_counts", () => {
    const files = filesOf(counter?.read() ?? [], encodeText(Deno.cwd()));
    return encodeText(serializeFiles(files));
  });

  /**
   * coverage_report(counts, wanted, directory): adds up a list of what
   * line_counts() gave, asks wanted(path) of each file, writes lcov.info and
   * the pages to the directory, and returns the table; or nil and the reason.
   */
  define(host, "coverage_report", (...args) => {
    const counts = checkTable(state, args, 0);
    const files: FileCoverage[] = [];
    for (let i = 1; i <= counts.length(); i++) {
      files.push(...parseFiles(decodeBytes(String(counts.get(i)))));
    }
    const wanted = mergeFiles(files).filter(({ path }) =>
      isTruthy(state.call(args[1], path)[0])
    );
    const directory = decodeBytes(checkString(state, args, 2));
    try {
      writeReports(wanted, directory);
    } catch (error) {
      if (error instanceof LuaError || !(error instanceof Error)) throw error;
      return multi(undefined, encodeText(error.message));
    }
    return encodeText(coverageTable(wanted));
  });
}

function writeReports(files: readonly FileCoverage[], directory: string): void {
  const write = (name: string, bytes: string) =>
    Deno.writeFileSync(`${directory}/${name}`, binaryBytes(bytes));
  const here = encodeText(Deno.cwd());
  Deno.mkdirSync(directory, { recursive: true });
  write(
    "lcov.info",
    lcovTrace(files, (path) => path.startsWith("/") ? path : `${here}/${path}`),
  );
  write("index.html", indexPage(files));
  for (const file of files) {
    const source = readBytes(file.path);
    write(
      pageName(file.path),
      filePage(file, source.ok ? source.bytes : undefined),
    );
  }
}
