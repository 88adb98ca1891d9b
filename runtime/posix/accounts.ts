/**
 * The users and groups that the system knows, and whose rights the process has.
 *
 * Names are binary strings. Results are C's with the error number in them: n ≥ 0, or -errno.
 */

import { binaryBytes } from "./bytes.ts";
import { errno, libc } from "./libc.ts";

const symbols = libc({
  getgrnam: { parameters: ["buffer"], result: "pointer" },
  getpwnam: { parameters: ["buffer"], result: "pointer" },
  initgroups: { parameters: ["buffer", "u32"], result: "i32" },
  setgid: { parameters: ["u32"], result: "i32" },
  setuid: { parameters: ["u32"], result: "i32" },
}, { rarely: true });

/** Where the structures of users and groups have the number. */
const NUMBER_FIELD = 16;

/**
 * Looks a user up.
 *
 * @param name The user's name.
 * @returns The number, or `undefined` for an unknown one.
 */
export function userNumber(name: string): number | undefined {
  const calls = symbols();
  return numberIn(calls.getpwnam(binaryBytes(name + "\0")));
}

/**
 * Looks a group up.
 *
 * @param name The group's name.
 * @returns The number, or `undefined` for an unknown one.
 */
export function groupNumber(name: string): number | undefined {
  const calls = symbols();
  return numberIn(calls.getgrnam(binaryBytes(name + "\0")));
}

function numberIn(record: Deno.PointerValue): number | undefined {
  return record === null
    ? undefined
    : new Deno.UnsafePointerView(record).getUint32(NUMBER_FIELD);
}

/**
 * Gives all threads of the process the rights of a group.
 *
 * @param gid Its number.
 * @returns 0, or -errno.
 */
export function setGroup(gid: number): number {
  const calls = symbols();
  return calls.setgid(gid) === 0 ? 0 : -errno();
}

/**
 * Gives the process the further groups of a user.
 *
 * @param name The user's name.
 * @param gid A group to add.
 * @returns 0, or -errno.
 */
export function setFurtherGroups(name: string, gid: number): number {
  const calls = symbols();
  return calls.initgroups(binaryBytes(name + "\0"), gid) === 0 ? 0 : -errno();
}

/**
 * Gives all threads of the process the rights of a user, for good.
 *
 * @param uid Its number.
 * @returns 0, or -errno.
 */
export function setUser(uid: number): number {
  const calls = symbols();
  return calls.setuid(uid) === 0 ? 0 : -errno();
}
