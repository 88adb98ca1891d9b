/** What is said when a signal ends the program (mtev-lua-api.md §16.5). */

/** The line for stderr. */
export function terminationMessage(signal: string): string {
  return `[TERMINATE] received ${signal.toLowerCase()}, shutting down.\n`;
}
