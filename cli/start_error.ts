import { LogConfigurationError } from "../runtime/log/configure.ts";

/** Why the program cannot start: lines for stderr, and the exit status. */
export class StartError extends Error {
  override readonly name = "StartError";

  /** @param lines What to print, binary strings. */
  constructor(readonly lines: readonly string[], readonly status: number) {
    super(lines.join("\n"));
  }
}

/** The status when the logs cannot be as the configuration wants them. */
const EXIT_LOGS = 255;

/**
 * What an error means for the start of the program.
 *
 * @throws Any error that is none of the user's.
 */
export function startError(error: unknown): StartError {
  if (error instanceof StartError) return error;
  if (!(error instanceof LogConfigurationError)) throw error;
  return new StartError([error.message], EXIT_LOGS);
}
