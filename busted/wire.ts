/**
 * What the processes of `-j N` say to each other: Lua tables of strings,
 * numbers, booleans and such tables, one a line of JSON. A worker gets what it
 * shall do on descriptor 4 and tells what happened on descriptor 3; its
 * standard output and standard error are files, whose sizes tell what was
 * written before an event.
 *
 * Strings of Lua are bytes: one character of the JSON text each.
 */
import { checkString, checkTable } from "../lua/args.ts";
import { definer } from "../lua/define.ts";
import { multi } from "../lua/host.ts";
import type { LuaState } from "../lua/host.ts";
import { encodeText } from "../lua/text.ts";
import {
  entries,
  isTable,
  type LuaTable,
  type LuaValue,
} from "../lua/value.ts";
import { binaryString } from "../runtime/posix/bytes.ts";
import { EINTR, F_SETFD, FD_CLOEXEC } from "../runtime/posix/constants.ts";
import { fcntl, read } from "../runtime/posix/descriptors.ts";
import { seek } from "../runtime/posix/file_handles.ts";
import { errno } from "../runtime/posix/libc.ts";
import { writeFully } from "../runtime/posix/write_fully.ts";

const EVENTS = 3;
const ORDERS = 4;

/** A value as JSON has it: a table is a list of keys and values. */
type Wired = string | number | boolean | null | Wired[];

/** Adds the functions to the table of the host module. */
export function addWire(state: LuaState, host: LuaTable): void {
  const define = definer(state);
  let buffered = "";

  /** launcher(): the path of the program. */
  define(host, "launcher", () => {
    const { pathname } = new URL("../bin/mtev-busted", import.meta.url);
    return encodeText(decodeURIComponent(pathname));
  });

  /** environment(): the variables of this process, as `NAME=value`. */
  define(host, "environment", () => {
    const list = state.newTable();
    let count = 0;
    for (const [name, value] of Object.entries(Deno.env.toObject())) {
      list.set(++count, encodeText(`${name}=${value}`));
    }
    return list;
  });

  /** wire_open(): keeps the descriptors from the children of specs. */
  define(host, "wire_open", () => {
    for (const fd of [EVENTS, ORDERS]) fcntl(fd, F_SETFD, FD_CLOEXEC);
    return undefined;
  });

  /** wire_send(table): tells the other process of something. */
  define(host, "wire_send", (...args) => {
    writeFully(EVENTS, format(checkTable(state, args, 0)) + "\n");
    return undefined;
  });

  /** wire_order(): the next thing to do; waits, and nil at the end. */
  define(host, "wire_order", () => {
    const buffer = new Uint8Array(4096);
    for (;;) {
      const end = buffered.indexOf("\n");
      if (end >= 0) {
        const line = buffered.slice(0, end);
        buffered = buffered.slice(end + 1);
        return parse(state, line);
      }
      const count = read(ORDERS, buffer);
      if (count > 0) buffered += binaryString(buffer, 0, count);
      else if (count === 0 || errno() !== EINTR) return undefined;
    }
  });

  /** wire_format(table) and wire_parse(line): a table as a line, and back. */
  define(
    host,
    "wire_format",
    (...args) => format(checkTable(state, args, 0)) + "\n",
  );
  define(
    host,
    "wire_parse",
    (...args) => parse(state, checkString(state, args, 0)),
  );

  /** output_sizes(): how much standard output and standard error hold. */
  define(host, "output_sizes", () => multi(size(1), size(2)));
}

/** The files are appended to, so that moving to the end changes nothing. */
function size(fd: number): number {
  return Math.max(0, seek(fd, 0, "end"));
}

function format(table: LuaTable): string {
  return JSON.stringify(wired(table));
}

function wired(value: LuaValue): Wired {
  if (!isTable(value)) return value as Wired;
  const list: Wired[] = [];
  for (const [key, item] of entries(value)) {
    if (crosses(key) && crosses(item)) list.push(wired(key), wired(item));
  }
  return list;
}

function crosses(value: LuaValue): boolean {
  return isTable(value) || typeof value === "string" ||
    typeof value === "boolean" ||
    (typeof value === "number" && Number.isFinite(value));
}

function parse(state: LuaState, line: string): LuaValue {
  return unwired(state, JSON.parse(line) as Wired);
}

function unwired(state: LuaState, value: Wired): LuaValue {
  if (!Array.isArray(value)) return value ?? undefined;
  const table = state.newTable();
  for (let i = 0; i < value.length; i += 2) {
    table.set(unwired(state, value[i]!), unwired(state, value[i + 1]!));
  }
  return table;
}
