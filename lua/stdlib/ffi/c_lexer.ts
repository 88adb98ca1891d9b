/**
 * The tokens of C declarations. Comments and line marks are dropped,
 * `#pragma pack` becomes a token. Not the values of expressions.
 */
import { CError } from "./c_error.ts";

/** `name`, `number`, `string`, `<eof>`, `pack` or punctuation itself. */
export type CTokenKind = string;

const SPACE =
  /(?:[ \t\v\f\r\n]+|\\\r?\n|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|#[ \t]*\d+[^\n]*|#[ \t]*line\b[^\n]*|#[ \t]*pragma(?![ \t]*pack\b)[^\n]*)/y;
const PACK = /#[ \t]*pragma[ \t]*pack[ \t]*\(([^)\n]*)\)/y;
const NAME = /[A-Za-z_\x80-\xff][\w\x80-\xff]*/y;
const NUMBER = /(?:0[xX][\da-fA-F]+|0[bB][01]+|\d+)[\w.]*/y;
const INTEGER =
  /^(0[xX][\da-fA-F]+|0[bB][01]+|\d+)(?:([uU])?[lL]{0,2}([uU])?)$/;
const QUOTED = /(["'])((?:\\[^]|(?!\1)[^\\\n])*)\1/y;
const DIRECTIVE = /#[ \t]*\w*/y;
const PUNCTUATION = /\.\.\.|->|<<|>>|&&|\|\||[=!<>]=|[^]/y;
const ESCAPES: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  e: 27,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
};

/** Reads declarations token by token. */
export class CLexer {
  kind: CTokenKind = "<eof>";
  /** The text of a name, a string or a pragma. */
  text = "";
  /** The value of a number or a character. */
  value = 0n;
  /** Whether the number is unsigned. */
  unsigned = false;
  #position = 0;
  #start = 0;
  #ahead: [CTokenKind, string, bigint, boolean, number, number] | undefined;

  /** @param source A binary string. */
  constructor(readonly source: string) {
    this.next();
  }

  /** Moves to the next token. */
  next(): void {
    const ahead = this.#ahead;
    if (ahead === undefined) {
      this.kind = this.#scan();
      return;
    }
    this.#ahead = undefined;
    [
      this.kind,
      this.text,
      this.value,
      this.unsigned,
      this.#start,
      this.#position,
    ] = ahead;
  }

  /** The kind of the token after the current one, and its text. */
  peek(): readonly [CTokenKind, string] {
    if (this.#ahead === undefined) {
      const { kind, text, value, unsigned } = this;
      const start = this.#start;
      const position = this.#position;
      const found = this.#scan();
      this.#ahead = [
        found,
        this.text,
        this.value,
        this.unsigned,
        this.#start,
        this.#position,
      ];
      this.kind = kind;
      this.text = text;
      this.value = value;
      this.unsigned = unsigned;
      this.#start = start;
      this.#position = position;
    }
    return [this.#ahead[0], this.#ahead[1]];
  }

  /** Moves on if the current token is `kind`. */
  accept(kind: CTokenKind): boolean {
    if (this.kind !== kind) return false;
    this.next();
    return true;
  }

  /** Moves on over a token that must be there. */
  expect(kind: CTokenKind): void {
    if (!this.accept(kind)) this.fail(`'${kind}' expected`);
  }

  /** A name that must be there. */
  expectName(): string {
    if (this.kind !== "name") this.fail("'<identifier>' expected");
    const name = this.text;
    this.next();
    return name;
  }

  /** Raises `message` at the current token. */
  fail(message: string, near = this.#near()): never {
    throw new CError(`${message} near '${near}'${this.where}`);
  }

  /** The line of the current token as messages end with it, if not the first. */
  get where(): string {
    const line = this.source.slice(0, this.#start).split("\n").length;
    return line > 1 ? ` at line ${line}` : "";
  }

  #near(): string {
    return this.kind === "<eof>"
      ? this.kind
      : this.kind === "string"
      ? this.text
      : this.source.slice(this.#start, this.#position);
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.source);
    if (match !== null) this.#position = pattern.lastIndex;
    return match;
  }

  #scan(): CTokenKind {
    while (this.#match(SPACE) !== null);
    this.#start = this.#position;
    if (this.#position >= this.source.length) return "<eof>";
    const pack = this.#match(PACK);
    if (pack !== null) {
      this.text = pack[1]!;
      return "pack";
    }
    const name = this.#match(NAME);
    if (name !== null) {
      this.text = name[0];
      return "name";
    }
    if (this.#match(NUMBER) !== null) return this.#number();
    const quoted = this.#match(QUOTED);
    if (quoted !== null) return this.#quoted(quoted[1]!, quoted[2]!);
    if (this.#match(DIRECTIVE) !== null) {
      this.fail(
        "unexpected symbol",
        this.source.slice(this.#start + 1, this.#position).trim(),
      );
    }
    const [text] = this.#match(PUNCTUATION)!;
    if (text === '"' || text === "'") this.fail("unfinished string", "<eof>");
    return text;
  }

  #number(): CTokenKind {
    const text = this.source.slice(this.#start, this.#position);
    const match = INTEGER.exec(text);
    if (match === null) this.fail("malformed number", text);
    const digits = match[1]!;
    this.text = text;
    this.value = /^0\d/.test(digits) ? octal(digits) : BigInt(digits);
    this.unsigned = match[2] !== undefined || match[3] !== undefined;
    if (this.value >= 1n << 64n) this.fail("malformed number", text);
    return "number";
  }

  #quoted(quote: string, inside: string): CTokenKind {
    const text = inside.replace(
      /\\(x[\da-fA-F]+|[0-7]{1,3}|[^])/g,
      (_, escape: string) => {
        const code = /^x./.test(escape)
          ? parseInt(escape.slice(1), 16)
          : /^[0-7]/.test(escape)
          ? parseInt(escape, 8)
          : ESCAPES[escape] ?? escape.charCodeAt(0);
        return String.fromCharCode(code & 255);
      },
    );
    this.text = text;
    if (quote === '"') return "string";
    if (text.length !== 1) this.fail("malformed number", text);
    this.value = BigInt.asIntN(8, BigInt(text.charCodeAt(0)));
    this.unsigned = false;
    return "number";
  }
}

/** A number that begins with 0; digits 8 and 9 count as what they are. */
function octal(digits: string): bigint {
  let value = 0n;
  for (const digit of digits) value = value * 8n + BigInt(digit);
  return value;
}
