/**
 * A switch for tests: without fast paths, emitted code calls the runtime for
 * every operation that the runtime can do as well, so that both ways of doing
 * it are seen to agree. Comparisons and lengths have no second way. It counts
 * when a chunk is compiled.
 */

/** Whether fast paths are left out of what is compiled. */
export const fastPaths = { off: false };

/** The condition of a fast path: never true while they are off. */
export function fast(condition: string): string {
  return fastPaths.off ? "false" : condition;
}
