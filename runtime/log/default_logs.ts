/**
 * The logs of a program that has no configuration: those of the document that
 * `luamtev -T` prints. Specification: mtev-lua-api.md §16.3.
 */
import type { LogDescription } from "./description.ts";

const outlets = [{ name: "stderr" }];

/** See the head of this file. */
export const DEFAULT_LOGS: readonly LogDescription[] = [
  ...["error", "error/cli", "error/lua"].map((name) => ({ name, outlets })),
  ...[
    "debug",
    "debug/eventer",
    "debug/memory",
    "debug/cli",
    "debug/lua",
    "notice",
  ].map((name) => ({ name, disabled: true, outlets })),
];
