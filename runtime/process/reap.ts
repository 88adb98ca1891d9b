/**
 * Waiting for the end of a child with the thread blocked: only for children that are about to end.
 */
import { poll } from "../posix/poll.ts";
import { waitpid } from "../posix/spawn.ts";

/**
 * Waits for a child's end. Blocks the thread.
 *
 * @param pid The child.
 * @param limitMs How long to wait, in milliseconds.
 * @returns The wait status, -errno, or undefined when it has not ended in time.
 */
export function reap(pid: number, limitMs: number): number | undefined {
  for (let left = limitMs; left > 0; left--) {
    const status = waitpid(pid);
    if (status !== undefined) return status;
    poll(-1, 0, 1);
  }
  return waitpid(pid);
}
