/**
 * Lock files: of all processes, one at a time holds the lock, and loses it when it ends, however it
 * ends. The lock is the process's, so that a process that asks twice gets it twice.
 */
import { O_CLOEXEC, O_CREAT, O_RDWR } from "../posix/constants.ts";
import { close } from "../posix/descriptors.ts";
import { lockFile, open } from "../posix/files.ts";

/**
 * Opens a file, creating it for the user alone if it is missing, and locks it. Does not wait.
 *
 * @param path A binary string.
 * @returns The descriptor that holds the lock, or -errno; EAGAIN or EACCES when another process has
 *   the lock.
 */
export function acquireLockFile(path: string): number {
  const fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600);
  if (fd < 0) return fd;
  const result = lockFile(fd, true);
  if (result === 0) return fd;
  close(fd);
  return result;
}

/**
 * Unlocks a lock file and closes it. The file stays.
 *
 * @param fd What {@link acquireLockFile} gave.
 * @returns 0, or -errno.
 */
export function releaseLockFile(fd: number): number {
  const result = lockFile(fd, false);
  if (result === 0) close(fd);
  return result;
}
