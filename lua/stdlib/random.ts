/**
 * The random numbers of LuaJIT: a combined Tausworthe generator (P. L'Ecuyer,
 * "Tables of maximally equidistributed combined LFSR generators", 1999) of
 * four 64-bit components and period 2^223. The same seed gives the same
 * sequence as LuaJIT 2.1. Not for secrets.
 */

/** Of each component: its bits k, and the shifts q and s. */
const COMPONENTS = [
  { k: 63, q: 31, s: 18 },
  { k: 58, q: 19, s: 28 },
  { k: 55, q: 24, s: 7 },
  { k: 47, q: 21, s: 8 },
] as const;

const DISCARDED = 10;

/** A generator of uniformly distributed numbers. */
export class Random {
  // Of each component the upper and the lower word.
  readonly #state = new Int32Array(2 * COMPONENTS.length);
  readonly #bits = new DataView(new ArrayBuffer(8));

  /** @param seed Any number; LuaJIT starts with 0. */
  constructor(seed: number) {
    this.seed(seed);
  }

  /** Starts the sequence that belongs to `seed`. */
  seed(seed: number): void {
    COMPONENTS.forEach(({ k }, i) => {
      seed = seed * 3.14159265358979323846 + 2.7182818284590452354;
      this.#bits.setFloat64(0, seed);
      let bits = this.#bits.getBigUint64(0);
      // A component needs a one among its k bits.
      const lowest = 1n << BigInt(64 - k);
      if (bits < lowest) bits += lowest;
      this.#state[2 * i] = Number(bits >> 32n) | 0;
      this.#state[2 * i + 1] = Number(bits & 0xffffffffn) | 0;
    });
    for (let i = 0; i < DISCARDED; i++) this.next();
  }

  /** The next number, in [0, 1). */
  next(): number {
    const state = this.#state;
    let high = 0, low = 0;
    for (let i = 0; i < COMPONENTS.length; i++) {
      const { k, q, s } = COMPONENTS[i]!;
      const zh = state[2 * i]!, zl = state[2 * i + 1]!;
      // b = ((z << q) ^ z) >> (k - s), over 64 bits; q is below 32
      const bh = ((zh << q) | (zl >>> (32 - q))) ^ zh;
      const bl = (zl << q) ^ zl;
      const n = k - s;
      const ch = n < 32 ? bh >>> n : 0;
      const cl = n < 32
        ? (bl >>> n) | (n === 0 ? 0 : bh << (32 - n))
        : bh >>> (n - 32);
      // z = ((z with its 64 - k low bits cleared) << s) ^ b; 64 - k is below 32
      const ml = zl & (-1 << (64 - k));
      const nh = ((zh << s) | (ml >>> (32 - s))) ^ ch;
      const nl = (ml << s) ^ cl;
      state[2 * i] = nh;
      state[2 * i + 1] = nl;
      high ^= nh;
      low ^= nl;
    }
    // 52 bits of them, as the fraction of a number in [1, 2), minus 1.
    return ((high & 0xfffff) * 4294967296 + (low >>> 0)) / 4503599627370496;
  }
}
