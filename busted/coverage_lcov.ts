/**
 * Coverage in the format of lcov's tracefiles (geninfo(1)), which services and
 * editors read. A binary string, since names of files are bytes.
 */
import { type FileCoverage, lineShare } from "./coverage.ts";

/**
 * The tracefile.
 *
 * @param files The files.
 * @param absolute Makes a path absolute; relative ones mean nothing to lcov.
 */
export function lcovTrace(
  files: readonly FileCoverage[],
  absolute: (path: string) => string,
): string {
  return files.map((file) => record(file, absolute(file.path))).join("");
}

function record(file: FileCoverage, path: string): string {
  const out = ["TN:", `SF:${path}`];
  // Names must be unique in a file.
  const functions = file.functions.map((fn) => ({
    ...fn,
    name: fn.name === "anonymous" ? `anonymous:${fn.line}` : fn.name,
  }));
  for (const { name, line } of functions) out.push(`FN:${line},${name}`);
  for (const { name, count } of functions) out.push(`FNDA:${count},${name}`);
  out.push(`FNF:${functions.length}`);
  out.push(`FNH:${functions.filter(({ count }) => count > 0).length}`);
  for (const [line, count] of file.lines) out.push(`DA:${line},${count}`);
  const { found, hit } = lineShare([file]);
  out.push(`LF:${found}`, `LH:${hit}`, "end_of_record", "");
  return out.join("\n");
}
