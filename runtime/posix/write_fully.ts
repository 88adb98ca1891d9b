/**
 * Writes a whole binary string to a descriptor, waiting where the descriptor
 * would not: for standard output and standard error, which another process
 * may have made nonblocking.
 *
 * What cannot be written (a closed pipe, a full disk) is dropped: whoever
 * prints cannot do anything about it, and the program decides its own exit
 * status.
 */
import { writeBinaryString } from "./bytes.ts";
import { EAGAIN, EINTR, POLLOUT } from "./constants.ts";
import { write } from "./descriptors.ts";
import { errno } from "./libc.ts";
import { poll } from "./poll.ts";

let buffer = new Uint8Array(8192);

/**
 * Writes all of `text`, one byte per character. Blocks the thread.
 *
 * @param fd The descriptor.
 * @param text A binary string.
 * @returns Whether all of it was written.
 */
export function writeFully(fd: number, text: string): boolean {
  const length = text.length;
  if (length > buffer.length) buffer = new Uint8Array(length * 2);
  writeBinaryString(text, buffer);
  for (let start = 0; start < length;) {
    const rest = start === 0 ? buffer : buffer.subarray(start);
    const count = write(fd, rest, length - start);
    if (count >= 0) {
      start += count;
      continue;
    }
    const error = errno();
    if (error === EAGAIN) poll(fd, POLLOUT, -1);
    else if (error !== EINTR) return false;
  }
  return true;
}
