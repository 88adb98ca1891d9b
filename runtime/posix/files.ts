/**
 * The C library's calls on names of files and on plain files. They block the thread.
 *
 * Names are binary strings and go to the kernel as they are, up to the first NUL byte, so that a
 * name need not be UTF-8. Results are C's with the error number in them: n ≥ 0, or -errno. Reading,
 * writing and closing descriptors is in descriptors.ts, the content of folders in directories.ts.
 */

import { binaryBytes, binaryString } from "./bytes.ts";
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_SYMLINK_NOFOLLOW,
  EINTR,
  F_SETLK,
  F_UNLCK,
  F_WRLCK,
} from "./constants.ts";
import { errno, libc } from "./libc.ts";

const symbols = libc({
  chmod: { parameters: ["buffer", "u32"], result: "i32" },
  fchmod: { parameters: ["i32", "u32"], result: "i32" },
  fchown: { parameters: ["i32", "u32", "u32"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "buffer"], result: "i32" },
  fsync: { parameters: ["i32"], result: "i32" },
  getcwd: { parameters: ["buffer", "usize"], result: "pointer" },
  mkdir: { parameters: ["buffer", "u32"], result: "i32" },
  open: { parameters: ["buffer", "i32", "u32"], result: "i32" },
  realpath: { parameters: ["buffer", "buffer"], result: "pointer" },
  rmdir: { parameters: ["buffer"], result: "i32" },
  statx: {
    parameters: ["i32", "buffer", "i32", "u32", "buffer"],
    result: "i32",
  },
  unlink: { parameters: ["buffer"], result: "i32" },
}, { rarely: true });

/** A name as C has it. */
function cString(text: string): Uint8Array<ArrayBuffer> {
  return binaryBytes(text + "\0");
}

/**
 * Opens a file.
 *
 * @param path A binary string.
 * @param flags O_ constants; no others are added.
 * @param mode The permissions of a file that is created, less the process's mask.
 * @returns The descriptor, or -errno.
 */
export function open(path: string, flags: number, mode: number): number {
  const name = cString(path);
  const calls = symbols();
  for (;;) {
    const fd = calls.open(name, flags, mode);
    if (fd >= 0) return fd;
    const error = errno();
    if (error !== EINTR) return -error;
  }
}

/**
 * Changes the permissions of what a name leads to.
 *
 * @param path A binary string.
 * @param mode The permissions.
 * @returns 0, or -errno.
 */
export function chmod(path: string, mode: number): number {
  const name = cString(path);
  const calls = symbols();
  return calls.chmod(name, mode) === 0 ? 0 : -errno();
}

/**
 * Changes the permissions of an open file.
 *
 * @param fd The descriptor.
 * @param mode The permissions.
 * @returns 0, or -errno.
 */
export function changeMode(fd: number, mode: number): number {
  const calls = symbols();
  return calls.fchmod(fd, mode) === 0 ? 0 : -errno();
}

/**
 * Changes whom an open file belongs to.
 *
 * @param fd The descriptor.
 * @param uid The user's number.
 * @param gid The group's number.
 * @returns 0, or -errno.
 */
export function changeOwner(fd: number, uid: number, gid: number): number {
  const calls = symbols();
  return calls.fchown(fd, uid, gid) === 0 ? 0 : -errno();
}

/**
 * Waits until what was written to a file is on the disk.
 *
 * @param fd The descriptor.
 * @returns 0, or -errno.
 */
export function synchronize(fd: number): number {
  const calls = symbols();
  return calls.fsync(fd) === 0 ? 0 : -errno();
}

/**
 * Removes the name of a file that is no folder.
 *
 * @param path A binary string.
 * @returns 0, or -errno.
 */
export function unlink(path: string): number {
  const name = cString(path);
  const calls = symbols();
  return calls.unlink(name) === 0 ? 0 : -errno();
}

/**
 * Creates a folder.
 *
 * @param path A binary string.
 * @param mode Its permissions, less the process's mask.
 * @returns 0, or -errno.
 */
export function mkdir(path: string, mode: number): number {
  const name = cString(path);
  const calls = symbols();
  return calls.mkdir(name, mode) === 0 ? 0 : -errno();
}

/**
 * Removes an empty folder.
 *
 * @param path A binary string.
 * @returns 0, or -errno.
 */
export function rmdir(path: string): number {
  const name = cString(path);
  const calls = symbols();
  return calls.rmdir(name) === 0 ? 0 : -errno();
}

/** PATH_MAX: no longer name passes the kernel. */
const PATH_LIMIT = 4096;

/**
 * Resolves symbolic links, `.` and `..`.
 *
 * @param path A binary string.
 * @returns An absolute path, a binary string; or -errno.
 */
export function realpath(path: string): string | number {
  const name = cString(path);
  const resolved = new Uint8Array(PATH_LIMIT);
  const calls = symbols();
  if (calls.realpath(name, resolved) === null) return -errno();
  return binaryString(resolved, 0, resolved.indexOf(0));
}

/**
 * The current folder.
 *
 * @returns An absolute path, a binary string; or -errno, for example when it was removed.
 */
export function currentFolder(): string | number {
  const path = new Uint8Array(PATH_LIMIT);
  const calls = symbols();
  if (calls.getcwd(path, BigInt(PATH_LIMIT)) === null) return -errno();
  return binaryString(path, 0, path.indexOf(0));
}

/** What the kernel knows of a file. */
export interface FileStatus {
  /** The device that it is on, as the C library encodes it. */
  readonly dev: number;
  /** Its number there. */
  readonly ino: number;
  /** Kind and permissions: S_IF and permission bits. */
  readonly mode: number;
  /** How many names it has. */
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  /** Which device it is, if it is one. */
  readonly rdev: number;
  /** Bytes. */
  readonly size: number;
}

/** All that `stat` gives. */
const STATX_BASIC_STATS = 0x7ff;
const STATX_SIZE = 256;

/**
 * Tells what the kernel knows of the file that a name leads to.
 *
 * @param path A binary string.
 * @returns The status, or -errno.
 */
export function stat(path: string): FileStatus | number {
  return fileStatus(path, 0);
}

/**
 * The same as {@link stat}, but of a symbolic link itself.
 *
 * @param path A binary string.
 * @returns The status, or -errno.
 */
export function lstat(path: string): FileStatus | number {
  return fileStatus(path, AT_SYMLINK_NOFOLLOW);
}

/**
 * The same as {@link stat}, but of an open file, whatever its name is by now.
 *
 * @param fd The descriptor.
 * @returns The status, or -errno.
 */
export function fstat(fd: number): FileStatus | number {
  return fileStatus("", AT_EMPTY_PATH, fd);
}

function fileStatus(
  path: string,
  flags: number,
  folder: number = AT_FDCWD,
): FileStatus | number {
  const name = cString(path);
  const result = new Uint8Array(STATX_SIZE);
  // statx, not stat: its structure is the same on every processor.
  const calls = symbols();
  if (calls.statx(folder, name, flags, STATX_BASIC_STATS, result) < 0) {
    return -errno();
  }
  const view = new DataView(result.buffer);
  const u32 = (offset: number) => view.getUint32(offset, true);
  const u64 = (offset: number) => Number(view.getBigUint64(offset, true));
  return {
    dev: deviceNumber(u32(136), u32(140)),
    ino: u64(32),
    mode: view.getUint16(28, true),
    nlink: u32(16),
    uid: u32(20),
    gid: u32(24),
    rdev: deviceNumber(u32(128), u32(132)),
    size: u64(40),
  };
}

/** The C library's dev_t of a major and a minor number. */
function deviceNumber(major: number, minor: number): number {
  const low = ((major & 0xfff) << 8 | minor & 0xff) >>> 0;
  const middle = (minor & 0xffffff00) >>> 0;
  const high = (major & 0xfffff000) >>> 0;
  return high * 2 ** 32 + middle * 2 ** 12 + low;
}

/**
 * Locks a whole file for writing, or unlocks it, without waiting. The lock is the process's: it
 * ends when the process closes any descriptor of the file.
 *
 * @param fd The file, open for writing.
 * @param locked Whether to lock it.
 * @returns 0, or -errno; EAGAIN or EACCES when another process has it.
 */
export function lockFile(fd: number, locked: boolean): number {
  // struct flock: type and whence, 16 bits each; start, length (0: all) and pid behind padding.
  const lock = new Int16Array(16);
  lock[0] = locked ? F_WRLCK : F_UNLCK;
  const calls = symbols();
  return calls.fcntl(fd, F_SETLK, lock) < 0 ? -errno() : 0;
}
