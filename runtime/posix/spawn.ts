/**
 * Starting processes and learning of their ends: `posix_spawnp`, `waitpid`, pidfds.
 *
 * Results are C's with the error number in them: n ≥ 0, or -errno. Nothing blocks but the start
 * itself, until the program is loaded. The children that Deno starts are its own: never wait for
 * one of those.
 */

import { writeBinaryString } from "./bytes.ts";
import { SYS_pidfd_open, WNOHANG } from "./constants.ts";
import { errno, libc } from "./libc.ts";

const symbols = libc({
  execv: { parameters: ["buffer", "buffer"], result: "i32" },
  posix_spawn_file_actions_addclose: {
    parameters: ["buffer", "i32"],
    result: "i32",
  },
  posix_spawn_file_actions_adddup2: {
    parameters: ["buffer", "i32", "i32"],
    result: "i32",
  },
  posix_spawn_file_actions_destroy: { parameters: ["buffer"], result: "i32" },
  posix_spawn_file_actions_init: { parameters: ["buffer"], result: "i32" },
  posix_spawnp: {
    parameters: ["buffer", "buffer", "buffer", "pointer", "buffer", "buffer"],
    result: "i32",
  },
  syscall: { parameters: ["i64", "i32", "u32"], result: "i32" },
  waitpid: { parameters: ["i32", "buffer", "i32"], result: "i32" },
}, { rarely: true });

/** Not less than posix_spawn_file_actions_t takes: 80 bytes with the GNU C library. */
const FILE_ACTIONS_SIZE = 256;

/** Strings as C has them, behind a null-terminated array of their addresses. */
function stringArray(strings: readonly string[]): Uint8Array<ArrayBuffer> {
  const addresses = (strings.length + 1) * 8;
  const size = strings.reduce((sum, text) => sum + text.length + 1, addresses);
  const bytes = new Uint8Array(size);
  const base = Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
  const table = new BigUint64Array(bytes.buffer, 0, strings.length + 1);
  let offset = addresses;
  strings.forEach((text, index) => {
    table[index] = base + BigInt(offset);
    writeBinaryString(text, bytes, offset);
    offset += text.length + 1;
  });
  return bytes;
}

/**
 * Makes this process another program, which keeps its pid and the descriptors that are not closed
 * on exec.
 *
 * @param path The program, a binary string.
 * @param argv Its arguments, binary strings, from its own name on.
 * @returns -errno; only when it cannot be.
 */
export function become(path: string, argv: readonly string[]): number {
  const pathBytes = new Uint8Array(path.length + 1);
  writeBinaryString(path, pathBytes);
  const argvBytes = stringArray(argv);
  const calls = symbols();
  calls.execv(pathBytes, argvBytes);
  return -errno();
}

/**
 * Starts a program. Blocks the thread until the program is loaded or has been refused.
 *
 * @param path The program, a binary string; without a slash it is looked up in this process's PATH.
 * @param argv Its arguments, binary strings, from its own name on; there may be none.
 * @param env Its whole environment, binary strings such as `A=1`.
 * @param stdio The descriptors that become its 0, 1 and 2, in this order; none may be a target of
 *   one before it.
 * @param closed Descriptors that it shall not have. It has all others that are not closed on exec.
 * @returns Its pid, or -errno.
 */
export function spawn(
  path: string,
  argv: readonly string[],
  env: readonly string[],
  stdio: readonly number[],
  closed: readonly number[] = [],
): number {
  const calls = symbols();
  const actions = new Uint8Array(FILE_ACTIONS_SIZE);
  const name = stringBytes(path);
  // Held in variables: the addresses inside must stay true until the call returns.
  const argvBytes = stringArray(argv), envBytes = stringArray(env);
  const pid = new Int32Array(1);
  let error = calls.posix_spawn_file_actions_init(actions);
  if (error !== 0) return -error;
  stdio.forEach((fd, target) => {
    error ||= calls.posix_spawn_file_actions_adddup2(actions, fd, target);
  });
  for (const fd of closed) {
    error ||= calls.posix_spawn_file_actions_addclose(actions, fd);
  }
  error ||= calls.posix_spawnp(pid, name, actions, null, argvBytes, envBytes);
  calls.posix_spawn_file_actions_destroy(actions);
  return error === 0 ? pid[0]! : -error;
}

function stringBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length + 1);
  writeBinaryString(text, bytes);
  return bytes;
}

const status = new Int32Array(1);

/**
 * Asks what became of a child. A child whose end is told is gone from then on.
 *
 * @param pid The child.
 * @param options WUNTRACED, WCONTINUED or 0; it never blocks.
 * @returns The wait status, or -errno; ECHILD when there is no such child; undefined when there is
 *   nothing to tell.
 */
export function waitpid(pid: number, options = 0): number | undefined {
  const calls = symbols();
  const result = calls.waitpid(pid, status, options | WNOHANG);
  if (result < 0) return -errno();
  return result === 0 ? undefined : status[0]!;
}

/**
 * Opens a descriptor that becomes readable when a process ends; closed on exec.
 *
 * @param pid A child that has not been waited for.
 * @returns The descriptor, or -errno; ENOSYS before Linux 5.3.
 */
export function pidfdOpen(pid: number): number {
  const calls = symbols();
  const fd = calls.syscall(BigInt(SYS_pidfd_open), pid, 0);
  return fd < 0 ? -errno() : fd;
}
