/**
 * Number theory against definitions: each result is checked by what it has to
 * satisfy, or against a slower way. The cases at the edges are what OpenSSL
 * 3.0 answers.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  bitLength,
  clearBit,
  greatestCommonDivisor,
  isBitSet,
  maskBits,
  modularInverse,
  modularPower,
  modularSquareRoot,
  modulo,
  power,
  randomBelow,
  randomBits,
  setBit,
} from "../../../runtime/crypto/big_integer.ts";
import {
  formatHexadecimal,
  formatMagnitude,
  formatMpi,
  parseDecimal,
  parseHexadecimal,
  parseMagnitude,
  parseMpi,
} from "../../../runtime/crypto/big_integer_format.ts";

const integer = fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n });
const positive = fc.bigInt({ min: 1n, max: 2n ** 200n });

Deno.test("modularPower() agrees with repeated multiplication", () => {
  const exponent = fc.bigInt({ min: -60n, max: 60n });
  fc.assert(fc.property(integer, exponent, positive, (a, p, m) => {
    assert.equal(modularPower(a, p, m), modulo(power(a, p), m));
    assert.equal(modularPower(a, p, -m), modularPower(a, p, m));
  }));
  assert.equal(modularPower(3n, 5n, 0n), undefined);
  assert.equal(modularPower(3n, 0n, 1n), 0n);
});

Deno.test("modularInverse() finds an inverse exactly for coprime numbers", () => {
  fc.assert(fc.property(integer, positive, (a, n) => {
    const inverse = modularInverse(a, n);
    const exists = n > 1n && greatestCommonDivisor(a, n) === 1n;
    assert.equal(inverse !== undefined, exists);
    if (exists) assert.equal(modulo(a * inverse!, n), 1n);
  }));
  assert.equal(modularInverse(3n, -7n), 5n);
});

Deno.test("modularSquareRoot() finds a root exactly for squares", () => {
  const primes = [2n, 3n, 5n, 7n, 13n, 17n, 41n, 97n, 193n, 257n, 65_537n];
  for (const p of primes) {
    const squares = new Set<bigint>();
    for (let x = 0n; x < p && x < 300n; x++) squares.add(x * x % p);
    for (let a = 0n; a < p && a < 300n; a++) {
      const root = modularSquareRoot(a, p);
      if (root !== undefined) assert.equal(root * root % p, a);
      if (squares.has(a)) assert.notEqual(root, undefined, `${a} mod ${p}`);
    }
  }
  const large = 2n ** 255n - 19n;
  const root = modularSquareRoot(5n * 5n, large)!;
  assert.equal(root * root % large, 25n);
  for (const composite of [-1n, 0n, 1n, 4n, 15n, 2n ** 64n, 9n, 25n, 10_403n]) {
    const x = modularSquareRoot(2n, composite);
    if (x !== undefined) assert.equal(modulo(x * x - 2n, composite), 0n);
  }
});

Deno.test("modulo() is never negative", () => {
  fc.assert(fc.property(integer, positive, (a, m) => {
    const rest = modulo(a, m)!;
    assert.ok(rest >= 0n && rest < m && (a - rest) % m === 0n);
  }));
  assert.equal(modulo(7n, -2n), 1n);
  assert.equal(modulo(7n, 0n), undefined);
});

Deno.test("bits are those of the magnitude, by whole words", () => {
  assert.equal(setBit(-255n, 8), -511n);
  assert.equal(clearBit(-255n, 0), -254n);
  assert.equal(clearBit(255n, 63), 255n);
  assert.equal(clearBit(255n, 64), undefined);
  assert.equal(maskBits(255n, 63), 255n);
  assert.equal(maskBits(255n, 64), undefined);
  assert.equal(maskBits(-255n, 4), -15n);
  assert.equal(maskBits(0n, 3), undefined);
  for (const bit of [-1, -64]) {
    assert.equal(setBit(1n, bit), undefined);
    assert.equal(clearBit(1n, bit), undefined);
    assert.equal(isBitSet(-1n, bit), false);
  }
  fc.assert(fc.property(integer, (a) => {
    const length = bitLength(a);
    assert.equal(isBitSet(a, length), false);
    if (a !== 0n) assert.equal(isBitSet(a, length - 1), true);
  }));
});

Deno.test("randomBits() keeps its promises", () => {
  for (let bits = 0; bits < 70; bits++) {
    for (const top of [-1, 0, 1]) {
      for (const odd of [false, true]) {
        const value = randomBits(bits, top, odd);
        if (bits === 0 ? top === -1 && !odd : bits > 1 || top < 1) {
          assert.ok(value !== undefined && bitLength(value) <= bits);
          if (top >= 0) assert.equal(bitLength(value), bits);
          if (top === 1) assert.ok(isBitSet(value, bits - 2));
          if (odd) assert.equal(value % 2n, 1n);
        } else assert.equal(value, undefined);
      }
    }
  }
  assert.equal(bitLength(randomBits(1_000_000, 0, true)!), 1_000_000);
});

Deno.test("randomBelow() reaches every number below, and no other", () => {
  const seen = new Set<bigint>();
  for (let i = 0; i < 1000; i++) seen.add(randomBelow(10n)!);
  assert.deepEqual([...seen].sort(), [...Array(10).keys()].map(BigInt));
  assert.equal(randomBelow(1n), 0n);
  assert.equal(randomBelow(0n), undefined);
  assert.equal(randomBelow(-5n), undefined);
});

Deno.test("formats round-trip", () => {
  fc.assert(fc.property(integer, (a) => {
    assert.equal(parseDecimal(String(a)), a);
    assert.equal(parseHexadecimal(formatHexadecimal(a)), a);
    assert.equal(parseMpi(formatMpi(a)), a);
    assert.equal(parseMagnitude(formatMagnitude(a)), a < 0n ? -a : a);
  }));
});

Deno.test("parsers take what OpenSSL takes", () => {
  for (const text of ["", "-", "zz", "--1", "+1", " 1"]) {
    assert.equal(parseDecimal(text), undefined);
    assert.equal(parseHexadecimal(text), undefined);
  }
  assert.equal(parseDecimal("-12abc"), -12n);
  assert.equal(parseHexadecimal("-12abcx"), -0x12abcn);
  const mpi = (...bytes: number[]) => parseMpi(String.fromCharCode(...bytes));
  assert.equal(mpi(0, 0, 0, 0), 0n);
  assert.equal(mpi(0, 0, 0, 1, 0x80), 0n);
  assert.equal(mpi(0, 0, 0, 2, 0, 0x80), 128n);
  assert.equal(mpi(0, 0, 0, 2, 1), undefined);
  assert.equal(mpi(0, 0, 0, 1, 1, 1), undefined);
  assert.equal(mpi(0, 0), undefined);
});
