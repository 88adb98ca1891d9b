/**
 * What emitted code sees of the runtime: one object with a property for every
 * name in the preamble that emit_chunk.ts writes.
 */
import { C } from "./calls.ts";
import { O, T } from "./execution.ts";
import * as operations from "./operations.ts";
import { A, Box, EMPTY, S, X } from "./registers.ts";
import { NONE, Plain, Table, trim } from "./table.ts";
import { hookHost, hookLoop, K } from "./hooks.ts";
import { iterate } from "./iterate.ts";

/** The runtime of emitted code, by name. */
export const runtimeNames: { readonly [name: string]: unknown } = {
  ...operations,
  X,
  K,
  hookHost,
  hookLoop,
  C,
  S,
  A,
  O,
  T,
  Table,
  Plain,
  Box,
  NONE,
  EMPTY,
  trim,
  iterate,
};
