/**
 * What the running system calls itself.
 */

import { binaryString } from "./bytes.ts";
import { errno, libc } from "./libc.ts";
import { PosixError } from "./posix_error.ts";

const symbols = libc({
  uname: { parameters: ["buffer"], result: "i32" },
}, { rarely: true });

/** The names of the system. */
export interface SystemNames {
  /** The kernel, such as `Linux`. */
  readonly sysname: string;
  /** The machine in the network. */
  readonly nodename: string;
  /** The kernel's release, such as `6.1.0`. */
  readonly release: string;
  /** When and how the kernel was built. */
  readonly version: string;
  /** The processor, such as `x86_64`. */
  readonly machine: string;
}

/** Each name's room in struct utsname on Linux. */
const FIELD = 65;
const FIELDS = 6;

/**
 * Asks the kernel.
 *
 * @returns The names.
 * @throws {PosixError} When the kernel refuses.
 */
export function uname(): SystemNames {
  const names = new Uint8Array(FIELDS * FIELD);
  const calls = symbols();
  if (calls.uname(names) < 0) throw new PosixError("uname", errno());
  const field = (index: number) => {
    const start = index * FIELD;
    return binaryString(names, start, names.indexOf(0, start));
  };
  return {
    sysname: field(0),
    nodename: field(1),
    release: field(2),
    version: field(3),
    machine: field(4),
  };
}
