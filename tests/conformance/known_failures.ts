/**
 * The list of conformance cases that are known to fail: a text file with a
 * line `family/name: reason` a case, or `family/*: reason` for a family whose
 * subsystem is not there yet; `#` starts a comment line. A line without a
 * reason is an error, and so is one that is no longer true.
 */

interface Entry {
  readonly name: string;
  readonly reason: string;
  readonly place: string;
}

/** A parsed list of known failures. */
export class KnownFailures {
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(entries: ReadonlyMap<string, Entry>) {
    this.#entries = entries;
  }

  /**
   * Reads a list from a file.
   *
   * @param path The file; one that is missing is an empty list
   * @returns The list
   * @throws {SyntaxError} When a line is not `name: reason`
   */
  static read(path: string): KnownFailures {
    try {
      return KnownFailures.parse(
        Deno.readTextFileSync(path),
        path.slice(path.lastIndexOf("/") + 1),
      );
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return KnownFailures.parse("");
      throw error;
    }
  }

  /**
   * Parses a list.
   *
   * @param text The lines
   * @param file The name for messages
   * @returns The list
   * @throws {SyntaxError} When a line is not `name: reason`, or says a name twice
   */
  static parse(text: string, file = "known failures"): KnownFailures {
    const entries = new Map<string, Entry>();
    for (const [index, line] of text.split("\n").entries()) {
      if (line.trim() === "" || line.startsWith("#")) continue;
      const place = `${file}:${index + 1}`;
      const match = /^([^\s:/]+\/[^\s:/]+): (.*\S)\s*$/.exec(line);
      const [, name, reason] = match ?? [];
      if (name === undefined || reason === undefined) {
        throw new SyntaxError(
          `Cannot read ${place}: got "${line}", want "family/name: reason"`,
        );
      }
      if (entries.has(name)) {
        throw new SyntaxError(`Cannot read ${place}: "${name}" is there twice`);
      }
      entries.set(name, { name, reason, place });
    }
    return new KnownFailures(entries);
  }

  /**
   * Tells why a case is known to fail.
   *
   * @param name The case, `family/name`
   * @returns The reason, or undefined when the case has to pass
   */
  reason(name: string): string | undefined {
    const entry = this.#entries.get(name) ?? this.#entries.get(familyOf(name));
    return entry?.reason;
  }

  /**
   * Finds the lines that are no longer true: the case passes, every case of
   * the family passes, or there is no such case.
   *
   * @param all Every case of the corpus
   * @param ran The cases that ran
   * @param failures The cases among them that failed
   * @returns A message for each such line
   */
  stale(
    all: readonly string[],
    ran: readonly string[],
    failures: { has(name: string): boolean },
  ): string[] {
    const messages: string[] = [];
    for (const { name, place } of this.#entries.values()) {
      const covered = (cases: readonly string[]) =>
        cases.filter((one) => one === name || familyOf(one) === name);
      const mine = covered(all);
      if (mine.length === 0) {
        messages.push(`STALE ${place}: there is no case "${name}"`);
      } else if (
        covered(ran).length === mine.length &&
        !mine.some((one) => failures.has(one))
      ) {
        messages.push(`STALE ${place}: "${name}" passes, remove the line`);
      }
    }
    return messages;
  }
}

function familyOf(name: string): string {
  return `${name.slice(0, name.indexOf("/"))}/*`;
}
