/**
 * A histogram in bins of two significant digits, so that it stays small
 * whatever it is given.
 */

/** See the head of this file. */
export class Histogram {
  /** How often each bin was hit, by the number that is its lower bound. */
  readonly bins = new Map<number, number>();

  /** Counts a value. What is no finite number is left out. */
  add(value: number, count = 1): void {
    if (!Number.isFinite(value)) return;
    const bin = lowerBound(value);
    this.bins.set(bin, (this.bins.get(bin) ?? 0) + count);
  }

  /** How many values were counted. */
  get count(): number {
    let sum = 0;
    for (const count of this.bins.values()) sum += count;
    return sum;
  }
}

/** A number with its third and later digits cut off; tiny ones count as 0. */
function lowerBound(value: number): number {
  const magnitude = Math.abs(value);
  if (magnitude < 1e-128) return 0;
  const [mantissa, exponent] = magnitude.toExponential(15).split("e");
  const digits = Math.trunc(Number(mantissa) * 10) / 10;
  return Math.sign(value) * Number(`${digits}e${exponent}`);
}
