/**
 * What the wait status of a process says, as the macros of C's sys/wait.h on Linux read it.
 */

/**
 * Whether the process ended by itself.
 *
 * @param status A wait status.
 * @returns Whether it did.
 */
export function wifexited(status: number): boolean {
  return (status & 0x7f) === 0;
}

/**
 * The exit code of a process that ended by itself.
 *
 * @param status A wait status.
 * @returns 0 to 255.
 */
export function wexitstatus(status: number): number {
  return (status >> 8) & 0xff;
}

/**
 * Whether a signal ended the process.
 *
 * @param status A wait status.
 * @returns Whether one did.
 */
export function wifsignaled(status: number): boolean {
  const signal = status & 0x7f;
  return signal !== 0 && signal !== 0x7f;
}

/**
 * The signal that ended the process.
 *
 * @param status A wait status.
 * @returns The signal's number.
 */
export function wtermsig(status: number): number {
  return status & 0x7f;
}

/**
 * Whether the process left a core dump.
 *
 * @param status A wait status.
 * @returns Whether it did.
 */
export function wcoredump(status: number): boolean {
  return (status & 0x80) !== 0;
}

/**
 * Whether the process is stopped.
 *
 * @param status A wait status.
 * @returns Whether it is.
 */
export function wifstopped(status: number): boolean {
  return (status & 0xff) === 0x7f;
}

/**
 * The signal that stopped the process.
 *
 * @param status A wait status.
 * @returns The signal's number.
 */
export function wstopsig(status: number): number {
  return (status >> 8) & 0xff;
}

/**
 * Whether the process goes on after it was stopped.
 *
 * @param status A wait status.
 * @returns Whether it does.
 */
export function wifcontinued(status: number): boolean {
  return status === 0xffff;
}
