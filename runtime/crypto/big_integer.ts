/**
 * Number theory on BigInt, with the conventions of OpenSSL's BN functions:
 * quotients round toward zero, shifts and words work on the magnitude, the sign
 * of a modulus does not matter. Not constant-time: no secrets in here.
 *
 * What has no answer is `undefined`.
 */

/** The values of a machine word. */
const WORD_BITS = 64;

/** The magnitude. */
export function magnitude(a: bigint): bigint {
  return a < 0n ? -a : a;
}

/** The number of bits of the magnitude; 0 for zero. */
export function bitLength(a: bigint): number {
  if (a === 0n) return 0;
  const digits = magnitude(a).toString(16);
  return 4 * (digits.length - 1) + 32 - Math.clz32(parseInt(digits[0]!, 16));
}

/** The remainder from 0 to |m| - 1, or `undefined` for m = 0. */
export function modulo(a: bigint, m: bigint): bigint | undefined {
  if (m === 0n) return undefined;
  const size = magnitude(m);
  const rest = a % size;
  return rest < 0n ? rest + size : rest;
}

/** a^|p|. */
export function power(a: bigint, p: bigint): bigint {
  return a ** magnitude(p);
}

/** a^|p| modulo m, or `undefined` for m = 0. */
export function modularPower(
  a: bigint,
  p: bigint,
  m: bigint,
): bigint | undefined {
  const size = magnitude(m);
  let base = modulo(a, m);
  if (base === undefined) return undefined;
  let result = 1n % size;
  // Bit by bit from a string: shifting a long exponent copies it every time.
  const bits = magnitude(p).toString(2);
  for (let index = bits.length - 1; index >= 0; index--) {
    if (bits[index] === "1") result = result * base % size;
    base = base * base % size;
  }
  return result;
}

/** The greatest common divisor, never negative. */
export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [magnitude(a), magnitude(b)];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** x with a·x ≡ 1 modulo n, or `undefined` when there is none. */
export function modularInverse(a: bigint, n: bigint): bigint | undefined {
  const size = magnitude(n);
  if (size < 2n) return undefined;
  let [rest, next] = [modulo(a, size)!, size];
  let [x, nextX] = [1n, 0n];
  while (next !== 0n) {
    const quotient = rest / next;
    [rest, next] = [next, rest - quotient * next];
    [x, nextX] = [nextX, x - quotient * nextX];
  }
  return rest === 1n ? modulo(x, size) : undefined;
}

/**
 * x with x² ≡ a modulo the prime p, or `undefined` when there is none. Of the
 * two roots either may result.
 */
export function modularSquareRoot(a: bigint, p: bigint): bigint | undefined {
  const prime = magnitude(p);
  if (prime === 2n) return modulo(a, 2n);
  if (prime < 3n || prime % 2n === 0n) return undefined;
  const square = modulo(a, prime)!;
  if (square === 0n) return 0n;
  const root = tonelliShanks(square, prime);
  // Also catches a modulus that is no prime.
  return root !== undefined && root * root % prime === square
    ? root
    : undefined;
}

function tonelliShanks(square: bigint, prime: bigint): bigint | undefined {
  let odd = prime - 1n;
  let twos = 0;
  for (; odd % 2n === 0n; odd /= 2n) twos++;
  const half = (prime - 1n) / 2n;
  let nonResidue = 2n;
  while (modularPower(nonResidue, half, prime) !== prime - 1n) {
    // Of a prime half of all numbers are; 1000 failures mean a square.
    if (++nonResidue > 1000n) return undefined;
  }
  let generator = modularPower(nonResidue, odd, prime)!;
  let rest = modularPower(square, odd, prime)!;
  let root = modularPower(square, (odd + 1n) / 2n, prime)!;
  while (rest !== 1n) {
    let order = 0;
    for (let power = rest; power !== 1n && order < twos; order++) {
      power = power * power % prime;
    }
    if (order === 0 || order >= twos) return undefined;
    let factor = generator;
    for (let left = twos - order - 1; left > 0; left--) {
      factor = factor * factor % prime;
    }
    generator = factor * factor % prime;
    rest = rest * generator % prime;
    root = root * factor % prime;
    twos = order;
  }
  return root;
}

/**
 * Whether a bit can be reached without growing the number: OpenSSL looks at
 * whole words.
 */
function hasWordOf(a: bigint, bit: number): boolean {
  const words = Math.ceil(bitLength(a) / WORD_BITS);
  return bit >= 0 && Math.floor(bit / WORD_BITS) < words;
}

/** Applies `change` to the magnitude. */
function ofMagnitude(a: bigint, change: (size: bigint) => bigint): bigint {
  return a < 0n ? -change(-a) : change(a);
}

/** Whether a bit of the magnitude is set. */
export function isBitSet(a: bigint, bit: number): boolean {
  return bit >= 0 && (magnitude(a) >> BigInt(bit) & 1n) === 1n;
}

/** Sets a bit of the magnitude; `undefined` for a negative bit. */
export function setBit(a: bigint, bit: number): bigint | undefined {
  if (bit < 0) return undefined;
  return ofMagnitude(a, (size) => size | 1n << BigInt(bit));
}

/** Clears a bit of the magnitude; `undefined` beyond its last word. */
export function clearBit(a: bigint, bit: number): bigint | undefined {
  if (!hasWordOf(a, bit)) return undefined;
  return ofMagnitude(a, (size) => size & ~(1n << BigInt(bit)));
}

/** Keeps the lowest bits; `undefined` for more than the number's words have. */
export function maskBits(a: bigint, bits: number): bigint | undefined {
  if (!hasWordOf(a, bits)) return undefined;
  return ofMagnitude(a, (size) => BigInt.asUintN(bits, size));
}

/**
 * A random number of at most `bits` bits.
 *
 * @param bits The number of bits
 * @param top -1 for any, 0 with the highest bit set, 1 with the two highest
 * @param odd Whether the lowest bit is set
 * @returns The number, or `undefined` where the bits are too few
 */
export function randomBits(
  bits: number,
  top: number,
  odd: boolean,
): bigint | undefined {
  if (bits === 0) return top === -1 && !odd ? 0n : undefined;
  if (bits < 0 || (bits === 1 && top > 0)) return undefined;
  const bytes = new Uint8Array(Math.ceil(bits / 8));
  for (let start = 0; start < bytes.length; start += 65_536) {
    crypto.getRandomValues(bytes.subarray(start, start + 65_536));
  }
  let value = BigInt.asUintN(bits, BigInt("0x" + bytes.toHex()));
  if (top >= 0) value |= 1n << BigInt(bits - 1);
  if (top > 0) value |= 1n << BigInt(bits - 2);
  return odd ? value | 1n : value;
}

/** A random number from 0 to `range` - 1; `undefined` if there is none. */
export function randomBelow(range: bigint): bigint | undefined {
  if (range <= 0n) return undefined;
  const bits = bitLength(range - 1n);
  for (;;) {
    const value = randomBits(bits, -1, false)!;
    if (value < range) return value;
  }
}
