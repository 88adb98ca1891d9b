/**
 * Replaces the content of a file at once: whoever reads it, also after a crash
 * in the middle, finds the old content or the new one.
 */
import {
  EEXIST,
  ENOENT,
  O_CLOEXEC,
  O_CREAT,
  O_EXCL,
  O_WRONLY,
} from "../posix/constants.ts";
import { close } from "../posix/descriptors.ts";
import {
  changeMode,
  changeOwner,
  open,
  stat,
  synchronize,
  unlink,
} from "../posix/files.ts";
import { errno } from "../posix/libc.ts";
import { strerror } from "../posix/posix_error.ts";
import { rename } from "../posix/shell.ts";
import { writeFully } from "../posix/write_fully.ts";

/** The permissions of a file that was not there. */
const NEW_MODE = 0o640;

const PERMISSIONS = 0o7777;

/**
 * Writes beside the file, under the name with `.tmp` behind it, then gives
 * that the name of the file. Permissions and owner stay. Blocks the thread.
 *
 * @param path A binary string; no symbolic link, which would be replaced.
 * @param text The content, a binary string.
 * @returns Why it did not work, naming the file; undefined when it did.
 */
export function writeAtomically(
  path: string,
  text: string,
): string | undefined {
  const temporary = `${path}.tmp`;
  let fd = openNew(temporary);
  if (fd === -EEXIST) {
    unlink(temporary); // of a writer that was ended
    fd = openNew(temporary);
  }
  if (fd < 0) return `cannot create ${temporary}: ${strerror(-fd)}`;
  let failure = fill(fd, path, text);
  close(fd);
  if (failure === 0) failure = rename(temporary, path);
  if (failure === 0) return undefined;
  unlink(temporary);
  return `cannot write ${temporary}: ${strerror(failure)}`;
}

function openNew(path: string): number {
  return open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, NEW_MODE);
}

/** Returns 0 or the error number. */
function fill(fd: number, path: string, text: string): number {
  const status = stat(path);
  if (typeof status !== "number") {
    // Only the superuser may give files away; others own what they replace.
    changeOwner(fd, status.uid, status.gid);
    const result = changeMode(fd, status.mode & PERMISSIONS);
    if (result < 0) return -result;
  } else if (status !== -ENOENT) return -status;
  if (!writeFully(fd, text)) return errno();
  return -synchronize(fd);
}
