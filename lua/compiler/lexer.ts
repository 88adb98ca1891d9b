/**
 * Lua source text to tokens, as LuaJIT 2.1 reads it: `goto`, `::`, `\x`, `\z`
 * and `\u{…}` escapes, hexadecimal floats. Source and strings are binary
 * strings, one character per byte.
 *
 * Not a tokenizer that keeps everything: comments and white space are dropped.
 * `near` is what a syntax error at the current token quotes.
 */
import { LuaError } from "../errors.ts";
import { parseNumber } from "../number.ts";
import { syntax } from "./messages.ts";
import { shortSource } from "./short_source.ts";

/** What a token is: a reserved word, punctuation, or one of these. */
export type TokenKind = string;

const RESERVED = new Set(
  ("and break do else elseif end false for function goto if in local nil not " +
    "or repeat return then true until while").split(" "),
);

const enum Char {
  Newline = 10,
  Return = 13,
  Quote = 34,
  Apostrophe = 39,
  Minus = 45,
  Dot = 46,
  Zero = 48,
  Nine = 57,
  Colon = 58,
  Equals = 61,
  BracketOpen = 91,
  Backslash = 92,
  BracketClose = 93,
  Tilde = 126,
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isNameStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) ||
    code === 95 || code >= 128;
}

function isNamePart(code: number): boolean {
  return isNameStart(code) || isDigit(code);
}

function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102) ||
    (code >= 65 && code <= 70);
}

const SIMPLE_ESCAPES: Record<string, string> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  '"': '"',
  "'": "'",
};

/** A numeral of the library `ffi`: 64-bit integers, imaginary numbers. */
const SUFFIXED =
  /^(?:(?:0[xX][\da-fA-F]+|0[bB][01]+|\d+)[uU]?[lL][lL]|[\d.].*[iI])$/;

/** Reads one chunk; {@link Lexer.next} moves to the following token. */
export class Lexer {
  /** `name`, `string`, `number`, `numeral` (`1LL`), `<eof>`, a reserved word or punctuation. */
  kind: TokenKind = "<eof>";
  /** The text of a name, or the contents of a string. */
  text = "";
  /** The value of a number. */
  value = 0;
  /** The line the lexer has reached. */
  line = 1;
  /** The line of the token before the current one. */
  lastLine = 1;
  #position = 0;
  #start = 0;
  #ahead: { kind: TokenKind; text: string; value: number; raw: string } | null =
    null;
  #raw = "";

  /**
   * @param source The chunk, without dump header.
   * @param chunkName As Lua has it, `@file` or `=text` or the source itself.
   */
  constructor(readonly source: string, readonly chunkName: string) {
    if (source.startsWith("\xef\xbb\xbf")) this.#position = 3;
    if (source[this.#position] === "#") {
      while (
        this.#position < source.length && source[this.#position] !== "\n"
      ) this.#position++;
    }
    this.next();
  }

  /** Moves to the next token. */
  next(): void {
    this.lastLine = this.line;
    const ahead = this.#ahead;
    if (ahead !== null) {
      this.#ahead = null;
      this.kind = ahead.kind;
      this.text = ahead.text;
      this.value = ahead.value;
      this.#raw = ahead.raw;
      return;
    }
    this.kind = this.#scan();
  }

  /** The kind of the token after the current one. */
  peek(): TokenKind {
    if (this.#ahead === null) {
      const { kind, text, value } = this;
      const raw = this.#raw;
      const aheadKind = this.#scan();
      this.#ahead = {
        kind: aheadKind,
        text: this.text,
        value: this.value,
        raw: this.#raw,
      };
      this.kind = kind;
      this.text = text;
      this.value = value;
      this.#raw = raw;
    }
    return this.#ahead.kind;
  }

  /** Raises `message` with the position and the current token. */
  fail(message: string): never {
    this.failNear(message, this.#describe());
  }

  /** Raises `message` at `line`, quoting `near` when it is given. */
  failNear(message: string, near?: string, line = this.line): never {
    throw new LuaError(
      `${shortSource(this.chunkName)}:${line}: ` +
        (near === undefined ? message : syntax.near(message, near)),
    );
  }

  #describe(): string {
    switch (this.kind) {
      case "name":
      case "string":
      case "number":
      case "numeral":
        return this.#raw;
      default:
        return describeToken(this.kind);
    }
  }

  #scan(): TokenKind {
    const source = this.source;
    for (;;) {
      const at = this.#position;
      if (at >= source.length) return "<eof>";
      const code = source.charCodeAt(at);
      if (isNameStart(code)) return this.#name();
      if (isDigit(code)) return this.#number();
      switch (code) {
        case Char.Newline:
        case Char.Return:
          this.#newline();
          continue;
        case 32:
        case 9:
        case 11:
        case 12:
          this.#position++;
          continue;
        case Char.Minus:
          if (source.charCodeAt(at + 1) !== Char.Minus) break;
          this.#comment();
          continue;
        case Char.BracketOpen: {
          const level = this.#longBracket(at);
          if (level >= 0) {
            this.text = this.#longString(level, syntax.unfinishedLongString);
            this.#raw = source.slice(this.#start, this.#position);
            return "string";
          }
          if (level < -1) {
            this.failNear(
              syntax.invalidLongString,
              source.slice(at, at - level - 1),
            );
          }
          break;
        }
        case Char.Quote:
        case Char.Apostrophe:
          return this.#string(code);
        case Char.Equals:
          return this.#pair(Char.Equals, "==", "=");
        case 60:
          return this.#pair(Char.Equals, "<=", "<");
        case 62:
          return this.#pair(Char.Equals, ">=", ">");
        case Char.Tilde:
          return this.#pair(Char.Equals, "~=", "~");
        case Char.Colon:
          return this.#pair(Char.Colon, "::", ":");
        case Char.Dot:
          if (isDigit(source.charCodeAt(at + 1))) return this.#number();
          if (source.startsWith("...", at)) {
            this.#position += 3;
            return "...";
          }
          return this.#pair(Char.Dot, "..", ".");
      }
      this.#position++;
      return source[at]!;
    }
  }

  #pair(second: number, both: string, one: string): string {
    const found = this.source.charCodeAt(this.#position + 1) === second;
    this.#position += found ? 2 : 1;
    return found ? both : one;
  }

  #newline(): void {
    const code = this.source.charCodeAt(this.#position++);
    const next = this.source.charCodeAt(this.#position);
    if ((next === Char.Newline || next === Char.Return) && next !== code) {
      this.#position++;
    }
    this.line++;
  }

  #name(): TokenKind {
    const source = this.source;
    const start = this.#position;
    let at = start + 1;
    while (isNamePart(source.charCodeAt(at))) at++;
    this.#position = at;
    this.text = this.#raw = source.slice(start, at);
    return RESERVED.has(this.text) ? this.text : "name";
  }

  #number(): TokenKind {
    const source = this.source;
    const start = this.#position;
    let at = start;
    const hexadecimal = source.charCodeAt(at) === Char.Zero &&
      (source.charCodeAt(at + 1) | 32) === 120;
    const exponent = hexadecimal ? 112 : 101;
    for (;; at++) {
      const code = source.charCodeAt(at);
      if (isNamePart(code) || code === Char.Dot) continue;
      if (
        (code === 43 || code === Char.Minus) && at > start &&
        (source.charCodeAt(at - 1) | 32) === exponent
      ) continue;
      break;
    }
    this.#position = at;
    this.#raw = source.slice(start, at);
    const value = /^[\d.]/.test(this.#raw) ? parseNumber(this.#raw) : undefined;
    if (value === undefined) {
      if (!SUFFIXED.test(this.#raw)) {
        this.failNear(syntax.malformedNumber, this.#raw);
      }
      this.text = this.#raw;
      return "numeral";
    }
    this.value = value;
    return "number";
  }

  #comment(): void {
    this.#position += 2;
    if (this.source.charCodeAt(this.#position) === Char.BracketOpen) {
      const level = this.#longBracket(this.#position);
      if (level >= 0) {
        this.#longString(level, syntax.unfinishedLongComment);
        return;
      }
    }
    const source = this.source;
    while (this.#position < source.length) {
      const code = source.charCodeAt(this.#position);
      if (code === Char.Newline || code === Char.Return) return;
      this.#position++;
    }
  }

  /** The level of a long bracket, -1 for a lone `[`, less for `[=` unclosed. */
  #longBracket(at: number): number {
    let level = 0;
    while (this.source.charCodeAt(at + 1 + level) === Char.Equals) level++;
    if (this.source.charCodeAt(at + 1 + level) === Char.BracketOpen) {
      return level;
    }
    return -level - 1 - (level > 0 ? 1 : 0);
  }

  #longString(level: number, unfinished: string): string {
    const source = this.source;
    this.#start = this.#position;
    this.#position += level + 2;
    const close = "]" + "=".repeat(level) + "]";
    const end = source.indexOf(close, this.#position);
    if (end < 0) {
      for (; this.#position < source.length;) {
        const code = source.charCodeAt(this.#position);
        if (code === Char.Newline || code === Char.Return) this.#newline();
        else this.#position++;
      }
      this.failNear(unfinished, "<eof>");
    }
    let text = source.slice(this.#position, end);
    if (/[\r\n]/.test(text)) {
      text = text.replace(/\r\n|\n\r|\r|\n/g, () => {
        this.line++;
        return "\n";
      });
      if (text[0] === "\n") text = text.slice(1);
    }
    this.#position = end + close.length;
    return text;
  }

  #string(quote: number): TokenKind {
    const source = this.source;
    const start = this.#position++;
    let text = "";
    let run = this.#position;
    for (;;) {
      const code = source.charCodeAt(this.#position);
      if (code === quote) break;
      if (this.#position >= source.length) {
        this.failNear(syntax.unfinishedString, "<eof>");
      }
      if (code === Char.Newline || code === Char.Return) {
        this.failNear(
          syntax.unfinishedString,
          source[start]! + text + source.slice(run, this.#position),
        );
      }
      if (code === Char.Backslash) {
        text += source.slice(run, this.#position);
        text += this.#escape(source[start]! + text);
        run = this.#position;
      } else {
        this.#position++;
      }
    }
    this.text = text + source.slice(run, this.#position);
    this.#position++;
    this.#raw = source[start]! + this.text + source[start]!;
    return "string";
  }

  #escape(before: string): string {
    const source = this.source;
    const letter = source[++this.#position];
    if (letter === undefined) {
      this.failNear(syntax.unfinishedString, "<eof>");
    }
    const simple = SIMPLE_ESCAPES[letter];
    if (simple !== undefined) {
      this.#position++;
      return simple;
    }
    const code = letter.charCodeAt(0);
    if (code === Char.Newline || code === Char.Return) {
      this.#newline();
      return "\n";
    }
    if (letter === "z") {
      this.#position++;
      for (;;) {
        const space = source.charCodeAt(this.#position);
        if (space === Char.Newline || space === Char.Return) this.#newline();
        else if (space === 32 || (space >= 9 && space <= 13)) this.#position++;
        else return "";
      }
    }
    if (letter === "x") {
      const digits = source.slice(this.#position + 1, this.#position + 3);
      if (!/^[\da-fA-F]{2}$/.test(digits)) this.#badEscape(before);
      this.#position += 3;
      return String.fromCharCode(parseInt(digits, 16));
    }
    if (letter === "u") return this.#unicode(before);
    if (!isDigit(code)) this.#badEscape(before);
    let value = 0;
    for (
      let i = 0;
      i < 3 && isDigit(source.charCodeAt(this.#position));
      i++
    ) value = value * 10 + source.charCodeAt(this.#position++) - Char.Zero;
    if (value > 255) this.#badEscape(before);
    return String.fromCharCode(value);
  }

  #unicode(before: string): string {
    const source = this.source;
    let at = this.#position + 1;
    if (source[at] !== "{") this.#badEscape(before);
    let value = 0;
    for (at++; isHexDigit(source.charCodeAt(at)); at++) {
      value = value * 16 + parseInt(source[at]!, 16);
      if (value >= 0x110000) this.#badEscape(before);
    }
    if (source[at] !== "}" || at === this.#position + 2) {
      this.#badEscape(before);
    }
    // LuaJIT refuses the surrogates.
    if (value >= 0xd800 && value < 0xe000) this.#badEscape(before);
    this.#position = at + 1;
    return encodeUtf8(value);
  }

  #badEscape(before: string): never {
    this.failNear(syntax.invalidEscape, before);
  }
}

function encodeUtf8(value: number): string {
  if (value < 0x80) return String.fromCharCode(value);
  const tail = (shift: number) => 0x80 | ((value >> shift) & 0x3f);
  if (value < 0x800) return String.fromCharCode(0xc0 | (value >> 6), tail(0));
  if (value < 0x10000) {
    return String.fromCharCode(0xe0 | (value >> 12), tail(6), tail(0));
  }
  return String.fromCharCode(0xf0 | (value >> 18), tail(12), tail(6), tail(0));
}

/** A token kind as syntax errors name it. */
export function describeToken(kind: TokenKind): string {
  switch (kind) {
    case "name":
    case "string":
    case "number":
      return `<${kind}>`;
  }
  if (kind.length === 1 && (kind < " " || kind === "\x7f")) {
    return `char(${kind.charCodeAt(0)})`;
  }
  return kind;
}
