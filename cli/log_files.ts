/**
 * What the program does for log files, if there are any: they are written in
 * batches, and SIGHUP opens anew those that were moved. Whoever ends the
 * program writes the last batch first (`goSync`). Specification: runtime.md
 * §2.5, §2.7.
 */
import type { Logs } from "../runtime/log/logs.ts";

/** See the head of this file. */
export function serveLogFiles(logs: Logs): void {
  const hasFiles = logs.all().some(({ sink }) => sink?.reopen !== undefined);
  if (!hasFiles) return; // SIGHUP ends the program, as ever
  logs.goAsync();
  Deno.addSignalListener("SIGHUP", () => logs.reopen());
}
