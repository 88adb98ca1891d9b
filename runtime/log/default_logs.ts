/**
 * The logs of a program that has no configuration: those of the document that
 * `luamtev -T` prints. They are made without configure.ts, which takes time to
 * load. Specification: mtev-lua-api.md §16.3.
 */
import type { Logs } from "./logs.ts";
import { wayTo } from "./stream.ts";

const ON: readonly string[] = ["error", "error/cli", "error/lua"];

const OFF: readonly string[] = [
  "debug",
  "debug/eventer",
  "debug/memory",
  "debug/cli",
  "debug/lua",
  "notice",
];

/** Makes them; all lead to `stderr`. */
export function addDefaultLogs(logs: Logs): void {
  const outlets = [wayTo(logs.get("stderr"))];
  logs.batch(() => {
    for (const name of [...ON, ...OFF]) logs.get(name).outlets = outlets;
    for (const name of OFF) logs.get(name).enabled = false;
  });
}
