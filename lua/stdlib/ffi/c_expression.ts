/**
 * Constant integer expressions of C declarations. They are computed with all
 * bits and cut where they are used. The reader reads the type in `sizeof (…)`.
 */
import { CError, UNKNOWN_SIZE } from "./c_error.ts";
import type { CLexer } from "./c_lexer.ts";
import type { CReader } from "./c_reader.ts";
import { alignOf, sizeOf } from "./ctype.ts";

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
export function readExpression(reader: CReader): bigint {
  return reader.nested(() => {
    const condition = readBinary(reader, 0);
    if (!reader.lexer.accept("?")) return condition;
    const yes = readExpression(reader);
    reader.lexer.expect(":");
    const no = readExpression(reader);
    return condition !== 0n ? yes : no;
  });
}

function readBinary(reader: CReader, level: number): bigint {
  const operators = LEVELS[level];
  if (operators === undefined) return readUnary(reader);
  let left = readBinary(reader, level + 1);
  for (;;) {
    const operator = reader.lexer.kind;
    if (!operators.includes(operator)) return left;
    reader.lexer.next();
    left = BigInt.asIntN(
      TRUNCATED + 1,
      compute(operator, left, readBinary(reader, level + 1)),
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

function readUnary(reader: CReader): bigint {
  const lexer: CLexer = reader.lexer;
  switch (lexer.kind) {
    case "-":
      lexer.next();
      return reader.nested(() => -readUnary(reader));
    case "+":
      lexer.next();
      return reader.nested(() => readUnary(reader));
    case "~":
      lexer.next();
      return reader.nested(() => ~readUnary(reader));
    case "!":
      lexer.next();
      return reader.nested(() => readUnary(reader) === 0n ? 1n : 0n);
    case "(":
      lexer.next();
      return readParenthesis(reader);
    case "number": {
      const { value } = lexer;
      lexer.next();
      return value;
    }
    case "$":
      lexer.next();
      return reader.parameter();
    case "name":
      return readName(reader);
  }
  return lexer.fail("unexpected symbol");
}

/** A cast or an expression; `(` has been read. */
function readParenthesis(reader: CReader): bigint {
  const lexer: CLexer = reader.lexer;
  if (!reader.startsType()) {
    const value = readExpression(reader);
    lexer.expect(")");
    return value;
  }
  const type = reader.typeOnly();
  lexer.expect(")");
  const value = reader.nested(() => readUnary(reader));
  if (type.kind === "bool") return value === 0n ? 0n : 1n;
  if (type.kind !== "int") return value;
  const bits = type.size * 8;
  return type.signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

function readName(reader: CReader): bigint {
  const lexer: CLexer = reader.lexer;
  const name = lexer.text;
  const size = name === "sizeof";
  if (size || /^(?:_Alignof|__alignof(?:__)?)$/.test(name)) {
    lexer.next();
    lexer.expect("(");
    const type = reader.typeOnly();
    lexer.expect(")");
    const found = size ? sizeOf(type) : alignOf(type);
    if (found === undefined) throw new CError(UNKNOWN_SIZE);
    return BigInt(found);
  }
  const value = reader.constant(name);
  if (value === undefined) lexer.fail("unexpected symbol");
  lexer.next();
  return BigInt(value);
}
