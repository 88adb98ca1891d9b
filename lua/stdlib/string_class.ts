/**
 * Character classes of Lua patterns: `%a`, `.`, `[^%s,]`. Always those of the
 * C locale, as in LuaJIT.
 */

/** What a pattern must not be; see string_pattern.ts for who reports it. */
export class MalformedPattern extends Error {
  override readonly name = "MalformedPattern";
}

const PERCENT = 0x25, CARET = 0x5e, CLOSE = 0x5d, DASH = 0x2d;

/** The members of each class letter, as the inside of a JavaScript class. */
const LETTERS: Readonly<Record<string, RegExp>> = {
  a: /[A-Za-z]/,
  // deno-lint-ignore no-control-regex
  c: /[\0-\x1f\x7f]/,
  d: /[0-9]/,
  g: /[!-~]/,
  l: /[a-z]/,
  p: /[!-/:-@[-`{-~]/,
  s: /[\t-\r ]/,
  u: /[A-Z]/,
  w: /[A-Za-z0-9]/,
  x: /[A-Fa-f0-9]/,
  z: /\0/,
};

/** A set of bytes: 1 for members. */
export type ByteSet = Uint8Array;

/** Sets made so far, by the code of their letter. */
const classes = new Map<number, ByteSet>();

/** The set of `%` and a letter, or `undefined` when it means the byte itself. */
export function classOf(letter: number): ByteSet | undefined {
  return classes.get(letter) ?? makeClass(letter);
}

function makeClass(letter: number): ByteSet | undefined {
  const name = String.fromCharCode(letter);
  const members = LETTERS[name.toLowerCase()];
  if (members === undefined) return undefined;
  // Upper case letters stand for the complement.
  const wanted = name === name.toLowerCase();
  const set = new Uint8Array(256);
  for (let c = 0; c < 256; c++) {
    if (members.test(String.fromCharCode(c)) === wanted) set[c] = 1;
  }
  classes.set(letter, set);
  return set;
}

/**
 * The position after the single-character class that starts at `p`.
 *
 * @throws {MalformedPattern} When it does not end.
 */
export function classEnd(pattern: string, p: number): number {
  const c = pattern.charCodeAt(p++);
  if (c === PERCENT) {
    if (p >= pattern.length) {
      throw new MalformedPattern("malformed pattern (ends with '%')");
    }
    return p + 1;
  }
  if (c !== 0x5b) return p;
  if (pattern.charCodeAt(p) === CARET) p++;
  do { // a `]` in the first place is a member
    if (p >= pattern.length) {
      throw new MalformedPattern("malformed pattern (missing ']')");
    }
    if (pattern.charCodeAt(p++) === PERCENT) p++;
  } while (pattern.charCodeAt(p) !== CLOSE || p >= pattern.length);
  return p + 1;
}

const sets = new Map<string, ByteSet>();
const KEPT_SETS = 500;

/** The set that `[…]` stands for; `text` includes the brackets. */
export function bracketSet(text: string): ByteSet {
  let set = sets.get(text);
  if (set === undefined) {
    if (sets.size >= KEPT_SETS) sets.clear();
    sets.set(text, set = readSet(text));
  }
  return set;
}

function readSet(text: string): ByteSet {
  const set = new Uint8Array(256);
  const end = text.length - 1;
  let p = 1;
  const complement = text.charCodeAt(p) === CARET;
  if (complement) p++;
  while (p < end) {
    const c = text.charCodeAt(p);
    if (c === PERCENT) {
      const letter = text.charCodeAt(p + 1);
      const members = classOf(letter);
      if (members === undefined) set[letter] = 1;
      else for (let i = 0; i < 256; i++) set[i]! |= members[i]!;
      p += 2;
    } else if (text.charCodeAt(p + 1) === DASH && p + 2 < end) {
      const last = text.charCodeAt(p + 2);
      for (let i = c; i <= last; i++) set[i] = 1;
      p += 3;
    } else {
      set[c] = 1;
      p++;
    }
  }
  return complement ? set.map((bit) => bit ^ 1) : set;
}
