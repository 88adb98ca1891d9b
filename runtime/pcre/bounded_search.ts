/**
 * Keeps a search within its match limit as a whole. PCRE counts anew at each
 * place where a match may start, so that a few kilobytes of `aaaa...b` keep
 * `(a+)+$` busy for minutes without one start reaching the limit.
 *
 * Knows nothing of the library: places are tried by a function. The invariant:
 * all tries together cost no more than {@link FREE_CALLS} for each byte of the
 * subject, a few times over, and {@link TOTAL} times the limit.
 */

/** Calls of the match function that each start has, whatever the limit. */
export const FREE_CALLS = 1000;

/** How many times the limit all starts that need more may take together. */
export const TOTAL = 16;

/** PCRE2_ERROR_MATCHLIMIT. */
export const MATCH_LIMIT = -47;

/**
 * Searches for a match among starts.
 *
 * @param from The first start
 * @param to The last start
 * @param calls How many calls each of them has
 * @returns What PCRE2 returns, but 0 when nothing matches
 */
export type TryStarts = (from: number, to: number, calls: number) => number;

/**
 * Searches a subject in which some start needs more than {@link FREE_CALLS}.
 *
 * @param length The bytes of the subject
 * @param limit The most calls of one start
 * @param tryStarts Tries some starts
 * @param isStart Whether a match may start at a place, as inside a character of
 *   UTF-8 none may
 * @returns What the first try that found something returned, 0 when none did,
 *   {@link MATCH_LIMIT} when the limit ended the search
 */
export function searchBounded(
  length: number,
  limit: number,
  tryStarts: TryStarts,
  isStart: (place: number) => boolean,
): number {
  let left = limit * TOTAL;
  let size = 1;
  for (let from = 0; from <= length;) {
    let next = Math.min(from + size, length + 1);
    while (next < length && !isStart(next)) next++;
    let result = tryStarts(from, next - 1, Math.min(limit, FREE_CALLS));
    if (result === MATCH_LIMIT && size > 1) {
      size >>= 3; // towards the one start that needs more
      size ||= 1;
      continue;
    }
    for (
      let calls = FREE_CALLS;
      result === MATCH_LIMIT && calls < limit && left > 0;
      left -= calls
    ) {
      calls = Math.min(calls * 2, limit);
      result = tryStarts(from, next - 1, calls);
    }
    if (result !== 0) return result;
    from = next;
    size *= 2;
  }
  return 0;
}
