/**
 * Line coverage of Lua files: what an engine counted, brought to files, added
 * up over chunks and processes. The reports are in coverage_text.ts,
 * coverage_lcov.ts and coverage_html.ts; which files matter is the harness's
 * choice (busted/lua/busted/coverage.lua).
 */
import type { ChunkCounts, FunctionCount } from "../lua/coverage.ts";

/** The counts of one file. Paths are Lua strings (bytes). */
export interface FileCoverage {
  readonly path: string;
  /** The count of each line on which a statement begins. */
  readonly lines: ReadonlyMap<number, number>;
  readonly functions: readonly FunctionCount[];
}

/** How many of something there are, and how many of them ran. */
export interface Share {
  readonly found: number;
  readonly hit: number;
}

/** Brings chunks to the files that they came from; others are left out. */
export function filesOf(
  chunks: readonly ChunkCounts[],
  folder: string,
): FileCoverage[] {
  return mergeFiles(
    chunks.filter(({ chunkName }) => chunkName.startsWith("@"))
      .map(({ chunkName, lines, functions }) => ({
        path: withinFolder(chunkName.slice(1), folder),
        lines,
        functions,
      })),
  );
}

/** A path as seen from a folder, when it lies in it. */
function withinFolder(path: string, folder: string): string {
  const prefix = folder.endsWith("/") ? folder : `${folder}/`;
  const inside = path.startsWith(prefix) ? path.slice(prefix.length) : path;
  return inside.replace(/\/(?:\.\/)+/g, "/").replace(/^(?:\.\/)+/, "");
}

/** Adds up the counts of files with the same path, and sorts by path. */
export function mergeFiles(files: readonly FileCoverage[]): FileCoverage[] {
  const merged = new Map<string, FileCoverage>();
  for (const file of files) {
    const other = merged.get(file.path);
    merged.set(file.path, other === undefined ? file : add(other, file));
  }
  return [...merged.values()].sort((a, b) => a.path < b.path ? -1 : 1);
}

function add(a: FileCoverage, b: FileCoverage): FileCoverage {
  const lines = new Map(a.lines);
  for (const [line, count] of b.lines) {
    lines.set(line, (lines.get(line) ?? 0) + count);
  }
  const functions = new Map<string, FunctionCount>();
  for (const fn of [...a.functions, ...b.functions]) {
    const key = `${fn.line} ${fn.name}`;
    const count = (functions.get(key)?.count ?? 0) + fn.count;
    functions.set(key, { ...fn, count });
  }
  return {
    path: a.path,
    lines: new Map([...lines].sort(([x], [y]) => x - y)),
    functions: [...functions.values()],
  };
}

/** Files as text, for another process. */
export function serializeFiles(files: readonly FileCoverage[]): string {
  return JSON.stringify(
    files.map((file) => ({ ...file, lines: [...file.lines] })),
  );
}

/** The files that {@link serializeFiles} wrote. */
export function parseFiles(text: string): FileCoverage[] {
  const files = JSON.parse(text) as (
    & Omit<FileCoverage, "lines">
    & { readonly lines: [number, number][] }
  )[];
  return files.map((file) => ({ ...file, lines: new Map(file.lines) }));
}

/** How many lines of files ran. */
export function lineShare(files: readonly FileCoverage[]): Share {
  const counts = files.flatMap(({ lines }) => [...lines.values()]);
  return {
    found: counts.length,
    hit: counts.filter((count) => count > 0).length,
  };
}

/** A share in percent: 100 only if nothing is missing. */
export function percent({ found, hit }: Share): string {
  if (found === 0) return "100.0";
  return (Math.floor(hit / found * 1000) / 10).toFixed(1);
}
