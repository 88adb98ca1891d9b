/**
 * Why a configuration cannot be used: problems for whoever wrote it, one
 * sentence each, in binary strings.
 */
import { XmlParseError } from "../xml/document.ts";

/** A configuration that cannot be loaded or written. */
export class ConfError extends Error {
  override readonly name = "ConfError";

  /** @param problems What is wrong, a sentence each. */
  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

/**
 * What is wrong with the XML of a file.
 *
 * @param path The file.
 * @param shift How many characters its first line was moved to the right.
 */
export function parseProblems(
  error: XmlParseError,
  path: string,
  shift = 0,
): string[] {
  return error.problems.map((problem) => {
    const { domain, code, line, message } = problem;
    const column = line === 1 ? problem.column - shift : problem.column;
    return `XML error [${domain}/${code}] in ${path} on line ${line}, column ${column}: ${message}`;
  });
}
