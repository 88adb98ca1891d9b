/** What is said when the program is ended from outside (mtev-lua-api.md §16.5). */

/** The exit status after an error that nothing caught. */
export const EXIT_UNCAUGHT = 255;

/** The last line of the report of such an error. */
export const UNCAUGHT_MESSAGE = "Unrecoverable run-time error. Terminating.\n";

/** The exit status after a signal. */
export const EXIT_SIGNAL = 2;

/** The line for stderr. */
export function terminationMessage(signal: string): string {
  return `[TERMINATE] received ${signal.toLowerCase()}, shutting down.\n`;
}
