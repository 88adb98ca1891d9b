/**
 * Filters of outlets: expressions such as
 * `and(facility = "http/access", not(message ~ "health"))`. They are parsed
 * once, into functions; a regular expression that does not compile is a
 * mistake then. Specification: runtime.md §2.6.
 */
import { Matcher, PatternError } from "../pcre/matcher.ts";
import type { LogLine } from "./line.ts";

/** Tells whether a line may pass. */
export type LogFilter = (line: LogLine) => boolean;

/** A filter that cannot be understood. */
export class FilterError extends SyntaxError {
  override readonly name = "FilterError";

  /**
   * @param offset How many characters the parser read.
   */
  constructor(readonly offset: number) {
    super(`failed to parse at character offset: ${offset}`);
  }
}

/** Deeper than anybody writes, and what the stack can take. */
const MAX_DEPTH = 200;

const SPACE = /\s*/y;
const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_.]*/y;
const OPERATOR = /!=|!~|<=|>=|[=<>~]/y;
const NUMBER = /[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const STRING = /"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'/y;
const CALL = /(and|or|not|exists)\s*\(/y;

/** A filter, and what it asks of those who log. */
export interface ParsedFilter {
  readonly filter: LogFilter;
  /** Whether it looks at where a line was logged. */
  readonly wantsPlace: boolean;
}

/**
 * Understands an expression.
 *
 * @param expression A binary string.
 * @throws {FilterError} When it is none.
 */
export function parseFilter(expression: string): ParsedFilter {
  const parser = new Parser(expression);
  const filter = parser.expression(0);
  parser.end();
  return { filter, wantsPlace: parser.wantsPlace };
}

class Parser {
  wantsPlace = false;
  #at = 0;

  constructor(readonly text: string) {}

  expression(depth: number): LogFilter {
    if (depth > MAX_DEPTH) this.#fail();
    this.#skip();
    const call = this.#take(CALL);
    if (call === undefined) return this.#predicate();
    switch (call.slice(0, 2)) {
      case "an": {
        const all = this.#list(depth);
        return (line) => all.every((filter) => filter(line));
      }
      case "or": {
        const any = this.#list(depth);
        return (line) => any.some((filter) => filter(line));
      }
      case "no": {
        const [inner, more] = this.#list(depth);
        if (more !== undefined) this.#fail();
        return (line) => !inner!(line);
      }
      default: {
        const field = this.#field();
        this.#expect(")");
        return (line) => valueOf(line, field) !== undefined;
      }
    }
  }

  end(): void {
    this.#skip();
    if (this.#at < this.text.length) this.#fail();
  }

  /** One expression or more, and the bracket that closes. */
  #list(depth: number): LogFilter[] {
    const filters = [this.expression(depth + 1)];
    for (;;) {
      this.#skip();
      if (this.text[this.#at] !== ",") break;
      this.#at++;
      filters.push(this.expression(depth + 1));
    }
    this.#expect(")");
    return filters;
  }

  #predicate(): LogFilter {
    const field = this.#field();
    this.#skip();
    const operator = this.#take(OPERATOR) ?? this.#fail();
    this.#skip();
    const isRegex = operator.endsWith("~");
    const number = isRegex ? undefined : this.#take(NUMBER);
    if (number !== undefined) return numeric(field, operator, Number(number));
    const start = this.#at;
    const value = this.#string() ?? this.#fail();
    if (!isRegex) return textual(field, operator, value);
    try {
      return matching(field, operator === "!~", new Matcher(value));
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      this.#at = start;
      return this.#fail();
    }
  }

  #field(): string {
    this.#skip();
    const field = this.#take(IDENTIFIER) ?? this.#string() ?? this.#fail();
    if (field === "file" || field === "line") this.wantsPlace = true;
    return field;
  }

  #string(): string | undefined {
    const quoted = this.#take(STRING);
    return quoted === undefined ? undefined : unescape(quoted.slice(1, -1));
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #skip(): void {
    this.#take(SPACE);
  }

  #expect(character: string): void {
    this.#skip();
    if (this.text[this.#at] !== character) this.#fail();
    this.#at++;
  }

  #fail(): never {
    throw new FilterError(this.#at + 1);
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  e: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

function unescape(text: string): string {
  return text.replace(
    /\\([0-7]{1,3}|[^])/g,
    (_, escaped: string) =>
      /^[0-7]/.test(escaped)
        ? String.fromCharCode(parseInt(escaped, 8) & 0xff)
        : ESCAPES[escaped] ?? escaped,
  );
}

function valueOf(line: LogLine, field: string): string | number | undefined {
  const { fields } = line;
  if (fields !== undefined && Object.hasOwn(fields, field)) {
    return fields[field];
  }
  switch (field) {
    case "timestamp":
      return line.time / 1e6;
    case "facility":
    case "message":
    case "file":
    case "line":
      return line[field];
    case "threadid":
      return line.thread.id;
    case "threadname":
      return line.thread.name;
  }
}

/** What an operator makes of a comparison's sign. */
function holds(operator: string, sign: number): boolean {
  switch (operator) {
    case "=":
      return sign === 0;
    case "!=":
      return sign !== 0;
    case "<":
      return sign < 0;
    case "<=":
      return sign <= 0;
    case ">":
      return sign > 0;
    default:
      return sign >= 0;
  }
}

function textual(field: string, operator: string, right: string): LogFilter {
  return (line) => {
    const value = valueOf(line, field);
    if (value === undefined) return operator === "!=";
    const left = print(value);
    // The shorter string is the lesser one (runtime.md §2.6).
    const sign = left.length - right.length ||
      (left < right ? -1 : left > right ? 1 : 0);
    return holds(operator, sign);
  };
}

function numeric(field: string, operator: string, right: number): LogFilter {
  return (line) => {
    const value = valueOf(line, field);
    if (value === undefined) return operator === "!=";
    const left = typeof value === "number" ? value : numberIn(value);
    return !Number.isNaN(left) && holds(operator, left - right);
  };
}

function numberIn(text: string): number {
  return /^\s*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/.test(text)
    ? Number(text)
    : NaN;
}

function matching(
  field: string,
  negated: boolean,
  regex: Matcher,
): LogFilter {
  return (line) => {
    const value = valueOf(line, field);
    if (value === undefined) return negated;
    return regex.test(print(value)) !== negated;
  };
}

/** As C's `%d` and `%g` print a number. */
function print(value: string | number): string {
  if (typeof value === "string") return value;
  if (Number.isInteger(value)) return String(value);
  const [digits, exponent] = value.toExponential(5).split("e");
  const power = Number(exponent);
  if (power >= -5 && power < 6) return String(Number(value.toPrecision(6)));
  const sign = power < 0 ? "-" : "+";
  const padded = String(Math.abs(power)).padStart(2, "0");
  return `${Number(digits)}e${sign}${padded}`;
}
