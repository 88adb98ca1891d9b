/**
 * Constant integer expressions of C declarations. They are computed with all
 * bits and cut where they are used. `types` reads the type in `sizeof (…)`.
 */
import { CError, UNKNOWN_SIZE } from "./c_error.ts";
import type { CLexer } from "./c_lexer.ts";
import { alignOf, type CType, sizeOf } from "./ctype.ts";

/** What an expression needs from the parser of declarations. */
export interface TypeReader {
  readonly lexer: CLexer;
  /** Whether the current token starts a type. */
  startsType(): boolean;
  /** Reads a type without a name. */
  typeOnly(): CType;
  /** The value of a constant, or `undefined`. */
  constant(name: string): number | undefined;
  /** Guards against deep nesting. */
  nested<T>(read: () => T): T;
  /** The value of a `$`, when it is a number. */
  parameter(): bigint;
}

const LEVELS: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["==", "!="],
  ["<", ">", "<=", ">="],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
];
const INVALID = "invalid value";
const TRUNCATED = 64;

/** Reads an expression and returns its value. */
export function readExpression(types: TypeReader): bigint {
  return types.nested(() => {
    const condition = readBinary(types, 0);
    if (!types.lexer.accept("?")) return condition;
    const yes = readExpression(types);
    types.lexer.expect(":");
    const no = readExpression(types);
    return condition !== 0n ? yes : no;
  });
}

function readBinary(types: TypeReader, level: number): bigint {
  const operators = LEVELS[level];
  if (operators === undefined) return readUnary(types);
  let left = readBinary(types, level + 1);
  for (;;) {
    const operator = types.lexer.kind;
    if (!operators.includes(operator)) return left;
    types.lexer.next();
    left = BigInt.asIntN(
      TRUNCATED + 1,
      compute(operator, left, readBinary(types, level + 1)),
    );
  }
}

function compute(operator: string, a: bigint, b: bigint): bigint {
  const truth = (value: boolean) => value ? 1n : 0n;
  switch (operator) {
    case "||":
      return truth(a !== 0n || b !== 0n);
    case "&&":
      return truth(a !== 0n && b !== 0n);
    case "|":
      return a | b;
    case "^":
      return a ^ b;
    case "&":
      return a & b;
    case "==":
      return truth(a === b);
    case "!=":
      return truth(a !== b);
    case "<":
      return truth(a < b);
    case ">":
      return truth(a > b);
    case "<=":
      return truth(a <= b);
    case ">=":
      return truth(a >= b);
    case "<<":
      return a << (b & 63n);
    case ">>":
      return a >> (b & 63n);
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
  }
  if (b === 0n) throw new CError(INVALID);
  return operator === "/" ? a / b : a % b;
}

function readUnary(types: TypeReader): bigint {
  const lexer: CLexer = types.lexer;
  switch (lexer.kind) {
    case "-":
      lexer.next();
      return types.nested(() => -readUnary(types));
    case "+":
      lexer.next();
      return types.nested(() => readUnary(types));
    case "~":
      lexer.next();
      return types.nested(() => ~readUnary(types));
    case "!":
      lexer.next();
      return types.nested(() => readUnary(types) === 0n ? 1n : 0n);
    case "(":
      lexer.next();
      return readParenthesis(types);
    case "number": {
      const { value } = lexer;
      lexer.next();
      return value;
    }
    case "$":
      lexer.next();
      return types.parameter();
    case "name":
      return readName(types);
  }
  return lexer.fail("unexpected symbol");
}

/** A cast or an expression; `(` has been read. */
function readParenthesis(types: TypeReader): bigint {
  const lexer: CLexer = types.lexer;
  if (!types.startsType()) {
    const value = readExpression(types);
    lexer.expect(")");
    return value;
  }
  const type = types.typeOnly();
  lexer.expect(")");
  const value = types.nested(() => readUnary(types));
  if (type.kind === "bool") return value === 0n ? 0n : 1n;
  if (type.kind !== "int") return value;
  const bits = type.size * 8;
  return type.signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

function readName(types: TypeReader): bigint {
  const lexer: CLexer = types.lexer;
  const name = lexer.text;
  const size = name === "sizeof";
  if (size || /^(?:_Alignof|__alignof(?:__)?)$/.test(name)) {
    lexer.next();
    lexer.expect("(");
    const type = types.typeOnly();
    lexer.expect(")");
    const found = size ? sizeOf(type) : alignOf(type);
    if (found === undefined) throw new CError(UNKNOWN_SIZE);
    return BigInt(found);
  }
  const value = types.constant(name);
  if (value === undefined) lexer.fail("unexpected symbol");
  lexer.next();
  return BigInt(value);
}
