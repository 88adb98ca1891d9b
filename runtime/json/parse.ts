/**
 * Reads JSON as libmtev does: the grammar of an old json-c with its leniencies
 * (comments, single quotes, trailing commas, anything after the root), its
 * limits, its messages and the offset of the offending byte.
 *
 * Not for JSON in general; that is `JSON.parse`. Speed matters here, so the
 * text is read once, character by character, and a document of the common kind
 * never leaves the short paths at the top of each method (bench: json).
 *
 * The invariant: `#at` is the index of the next character to be read, which is
 * also the offset of an error at that character.
 * Specification: mtev-lua-api.md §8.1.
 */
import { jsonDouble, JsonObject, type JsonValue } from "./value.ts";

/** Levels that a value may be below the root. */
const MAX_DEPTH = 31;

/** Digits that a double is sure to hold exactly. */
const SAFE_DIGITS = 15;

/** Texts from this length on are not kept alive by strings cut from them. */
const LARGE = 65_536;

const MAX_UNSIGNED = 2n ** 64n - 1n;
const MIN_SIGNED = -(2n ** 63n);

const TAB = 9, CARRIAGE_RETURN = 13, SPACE = 32, QUOTE = 34, APOSTROPHE = 39;
const ASTERISK = 42, PLUS = 43, COMMA = 44, MINUS = 45, DOT = 46, SLASH = 47;
const ZERO = 48, NINE = 57, COLON = 58, UPPER_E = 69, LEFT_BRACKET = 91;
const BACKSLASH = 92, RIGHT_BRACKET = 93, LOWER_A = 97, LOWER_B = 98;
const LOWER_E = 101, LOWER_F = 102, LOWER_N = 110, LOWER_R = 114;
const LOWER_T = 116, LOWER_U = 117, LEFT_BRACE = 123, RIGHT_BRACE = 125;

/** What `strtod` and `strtoll` take from the front of a number's text. */
const DOUBLE = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/;
const INTEGER = /^-?\d+/;

/** What ends the plain part of a string. */
const SPECIAL_IN_DOUBLE_QUOTES = /["\\\0]/g;
const SPECIAL_IN_SINGLE_QUOTES = /['\\\0]/g;

/** A text that is not acceptable as JSON. */
export class JsonSyntaxError extends SyntaxError {
  override readonly name = "JsonSyntaxError";

  /**
   * @param reason json-c's words for what is wrong.
   * @param offset The index of the offending byte, from 0; the length of the
   * text if that is truncated.
   */
  constructor(readonly reason: string, readonly offset: number) {
    super(`Cannot parse JSON: ${reason} at byte ${offset}`);
  }
}

/**
 * Parses a JSON document whose root is an object or an array.
 *
 * @param text The document, one byte per character. It need not be UTF-8.
 * @returns The root.
 * @throws {JsonSyntaxError} With the message and offset of
 * mtev-lua-api.md §8.1.
 *
 * @example
 * ```ts
 * import { parseJson } from "./parse.ts";
 * import { formatJson } from "./format.ts";
 *
 * console.log(formatJson(parseJson("{'a': [1, 2.5,]} and so on")));
 * // { "a": [ 1, 2.500000 ] }
 * ```
 */
export function parseJson(text: string): JsonObject | JsonValue[] {
  return new Parser(text).root();
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  root(): JsonObject | JsonValue[] {
    const text = this.#text;
    let at = 0;
    while (isSpace(text.charCodeAt(at))) at++;
    this.#at = at;
    switch (text.charCodeAt(at)) {
      case LEFT_BRACE:
        return this.#object(0);
      case LEFT_BRACKET:
        return this.#array(0);
    }
    const ended = at === text.length || text.charCodeAt(at) === 0;
    this.#fail(ended ? "unexpected end of data" : "unexpected character");
  }

  #object(depth: number): JsonObject {
    const text = this.#text;
    const keys: string[] = [];
    const values: JsonValue[] = [];
    this.#at++;
    for (;;) {
      let c = this.#next();
      if (c === RIGHT_BRACE) break;
      if (c !== QUOTE && c !== APOSTROPHE) {
        this.#unexpected("quoted object property name expected");
      }
      keys.push(this.#string(c));
      c = text.charCodeAt(this.#at);
      if (c !== COLON) c = this.#next();
      if (c !== COLON) {
        this.#unexpected("object property name separator ':' expected");
      }
      this.#at++;
      values.push(this.#value(this.#next(), depth + 1));
      c = text.charCodeAt(this.#at);
      if (c !== COMMA) c = this.#next();
      if (c === COMMA) this.#at++;
      else if (c === RIGHT_BRACE) break;
      else this.#unexpected("object value separator ',' expected");
    }
    this.#at++;
    return new JsonObject(keys, values);
  }

  #array(depth: number): JsonValue[] {
    const text = this.#text;
    const values: JsonValue[] = [];
    this.#at++;
    for (;;) {
      let c = this.#next();
      if (c === RIGHT_BRACKET) break;
      values.push(this.#value(c, depth + 1));
      c = text.charCodeAt(this.#at);
      if (c !== COMMA) c = this.#next();
      if (c === COMMA) this.#at++;
      else if (c === RIGHT_BRACKET) break;
      else this.#unexpected("array value separator ',' expected");
    }
    this.#at++;
    return values;
  }

  /** Reads the value that starts with `c`, at `#at`. */
  #value(c: number, depth: number): JsonValue {
    // A missing value is told before a level too many.
    if (depth > MAX_DEPTH && c === c && c !== 0) this.#fail("nesting to deep");
    switch (c) {
      case QUOTE:
      case APOSTROPHE:
        return this.#string(c);
      case LEFT_BRACE:
        return this.#object(depth);
      case LEFT_BRACKET:
        return this.#array(depth);
    }
    if ((c >= ZERO && c <= NINE) || c === MINUS) return this.#number(c);
    switch (c | 0x20) {
      case LOWER_N:
        return this.#word("null", "null expected", null);
      case LOWER_T:
        return this.#word("true", "boolean expected", true);
      case LOWER_F:
        return this.#word("false", "boolean expected", false);
    }
    return this.#unexpected("unexpected character");
  }

  #word<T>(word: string, message: string, value: T): T {
    for (let i = 1; i < word.length; i++) {
      const c = this.#text.charCodeAt(++this.#at);
      if ((c | 0x20) !== word.charCodeAt(i)) this.#unexpected(message);
    }
    this.#at++;
    return value;
  }

  #number(first: number): JsonValue {
    const text = this.#text;
    const start = this.#at;
    let at = first === MINUS ? start + 1 : start;
    const digits = at;
    let value = 0;
    let c = text.charCodeAt(at);
    while (c >= ZERO && c <= NINE) {
      value = value * 10 + (c - ZERO);
      c = text.charCodeAt(++at);
    }
    this.#at = at;
    const count = at - digits;
    if (isNumberPart(c) || count === 0 || count > SAFE_DIGITS) {
      return this.#longNumber(start);
    }
    return first === MINUS && value !== 0 ? -value : value;
  }

  /** A number that is no short integer, from `start` on. */
  #longNumber(start: number): JsonValue {
    const text = this.#text;
    let at = this.#at;
    let double = false;
    for (;; at++) {
      const c = text.charCodeAt(at);
      if (c === DOT || c === LOWER_E) double = true;
      else if (!isNumberPart(c) && !(c >= ZERO && c <= NINE)) break;
    }
    this.#at = at;
    if (at === text.length) this.#fail("continue");
    const token = text.slice(start, at);
    const match = (double ? DOUBLE : INTEGER).exec(token);
    if (match === null) this.#unexpected("number expected");
    return double ? jsonDouble(Number(match[0])) : parseInteger(match[0]);
  }

  #string(quote: number): string {
    const text = this.#text;
    const start = ++this.#at;
    for (let at = start; at < start + 24; at++) {
      const c = text.charCodeAt(at);
      if (c === quote) {
        this.#at = at + 1;
        return this.#slice(start, at);
      }
      if (c === BACKSLASH || c === 0 || c !== c) {
        return this.#longString(quote, start, at);
      }
    }
    return this.#longString(quote, start, start + 24);
  }

  /** A string that is long or has escapes; plain up to `from`. */
  #longString(quote: number, start: number, from: number): string {
    const text = this.#text;
    const special = quote === QUOTE
      ? SPECIAL_IN_DOUBLE_QUOTES
      : SPECIAL_IN_SINGLE_QUOTES;
    let value = "";
    let cut = false;
    for (;;) {
      special.lastIndex = from;
      this.#at = special.test(text) ? special.lastIndex - 1 : text.length;
      const c = text.charCodeAt(this.#at);
      if (!cut) value += this.#slice(start, this.#at);
      if (c === quote) break;
      if (c !== BACKSLASH) this.#unexpected("");
      const escaped = this.#escape();
      if (escaped === "\0") cut = true; // the reference's strings end there
      else if (!cut) value += escaped;
      start = from = this.#at;
    }
    this.#at++;
    return value;
  }

  /**
   * Cuts out a piece. V8 lets a slice keep the text alive that it was cut
   * from, so that one name of a large document would hold all of it; the slice
   * of a fresh concatenation holds only that.
   */
  #slice(start: number, end: number): string {
    const piece = this.#text.slice(start, end);
    return this.#text.length < LARGE ? piece : (" " + piece).slice(1);
  }

  /** Reads an escape from its backslash on. */
  #escape(): string {
    const c = this.#text.charCodeAt(++this.#at);
    switch (c) {
      case QUOTE:
      case BACKSLASH:
      case SLASH:
        this.#at++;
        return String.fromCharCode(c);
      case LOWER_B:
        this.#at++;
        return "\b";
      case LOWER_N:
        this.#at++;
        return "\n";
      case LOWER_R:
        this.#at++;
        return "\r";
      case LOWER_T:
        this.#at++;
        return "\t";
      case LOWER_U:
        return this.#codeUnit();
    }
    return this.#unexpected("invalid string sequence");
  }

  /** Reads the digits of `\u`; each half of a pair becomes three bytes. */
  #codeUnit(): string {
    let code = 0;
    for (let i = 0; i < 4; i++) {
      const c = this.#text.charCodeAt(++this.#at);
      if (c >= ZERO && c <= NINE) code = code * 16 + (c - ZERO);
      else if (c >= LOWER_A && c <= LOWER_F) code = code * 16 + (c - 87);
      else this.#unexpected("invalid string sequence");
    }
    this.#at++;
    return encodeCodeUnit(code);
  }

  /** Skips white space and comments; returns the character at `#at` then. */
  #next(): number {
    const text = this.#text;
    let at = this.#at;
    let c = text.charCodeAt(at);
    for (;;) {
      while (isSpace(c)) c = text.charCodeAt(++at);
      this.#at = at;
      if (c !== SLASH) return c;
      this.#comment();
      at = this.#at;
      c = text.charCodeAt(at);
    }
  }

  #comment(): void {
    const text = this.#text;
    const start = this.#at++;
    const c = text.charCodeAt(this.#at);
    if (c !== ASTERISK && c !== SLASH) this.#unexpected("expected comment");
    const closing = c === ASTERISK ? "*/" : "\n";
    const end = text.indexOf(closing, start + 2);
    const nul = text.indexOf("\0", start + 2);
    if (nul >= 0 && (end < 0 || nul < end)) {
      this.#at = nul;
      this.#fail("unexpected end of data");
    }
    if (end < 0) {
      this.#at = text.length;
      this.#fail("continue");
    }
    this.#at = end + closing.length;
  }

  /** Fails at the next character; at the end of the data in words for that. */
  #unexpected(message: string): never {
    const c = this.#text.charCodeAt(this.#at);
    if (c !== c) this.#fail("continue");
    this.#fail(c === 0 ? "unexpected end of data" : message);
  }

  #fail(message: string): never {
    throw new JsonSyntaxError(message, this.#at);
  }
}

function isSpace(c: number): boolean {
  return c === SPACE || (c >= TAB && c <= CARRIAGE_RETURN);
}

/** Whether a number goes on with `c`, which is no digit. */
function isNumberPart(c: number): boolean {
  return c === DOT || c === LOWER_E || c === UPPER_E || c === MINUS ||
    c === PLUS;
}

function parseInteger(digits: string): JsonValue {
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  // No BigInt of a million digits for what is out of range anyway.
  if (Math.abs(value) > 2 ** 65) return value < 0 ? MIN_SIGNED : MAX_UNSIGNED;
  const exact = BigInt(digits);
  if (exact > MAX_UNSIGNED) return MAX_UNSIGNED;
  return exact < MIN_SIGNED ? MIN_SIGNED : exact;
}

/** The UTF-8 of a UTF-16 code unit, halves of pairs not being combined. */
function encodeCodeUnit(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  if (code < 0x800) {
    return String.fromCharCode(0xc0 | code >> 6, 0x80 | code & 0x3f);
  }
  return String.fromCharCode(
    0xe0 | code >> 12,
    0x80 | code >> 6 & 0x3f,
    0x80 | code & 0x3f,
  );
}
