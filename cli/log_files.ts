/**
 * What the program does for log files, if there are any: SIGHUP opens anew
 * those that were moved, and a state that is alone writes in batches. Whoever
 * ends the program writes the last batch first (`goSync`). Specification:
 * runtime.md §2.5, §2.7.
 */
import type { Logs } from "../runtime/log/logs.ts";

/**
 * See the head of this file.
 *
 * @param logs The streams of a state.
 * @param isAlone Whether nobody else ends the program, so that batches are safe.
 */
export function serveLogFiles(logs: Logs, isAlone: boolean): void {
  const hasFiles = logs.all().some(({ sink }) => sink?.reopen !== undefined);
  if (!hasFiles) return; // SIGHUP ends the program, as ever
  if (isAlone) logs.goAsync();
  Deno.addSignalListener("SIGHUP", () => logs.reopen());
}
