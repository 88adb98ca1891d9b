/** Why the program cannot start: lines for stderr, and the exit status. */
export class StartError extends Error {
  override readonly name = "StartError";

  /** @param lines What to print, binary strings. */
  constructor(readonly lines: readonly string[], readonly status: number) {
    super(lines.join("\n"));
  }
}
