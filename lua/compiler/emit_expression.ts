/**
 * Expressions. `emitExpression` writes the sites that an expression needs and
 * returns JavaScript text for its value: a literal, a variable, a temporary, or
 * an operation on known numbers. The text can be used once, before the next
 * site; `emitAtom` gives text that can be used repeatedly.
 */
import type {
  ArithmeticOperator,
  BinaryNode,
  Expression,
  FunctionNode,
  IndexNode,
  LocalNode,
} from "./ast.ts";
import { describe, Emitter } from "./emitter.ts";
import { fast, fastPaths } from "./fast_paths.ts";
import { isArithmetic, isNumeric } from "./infer.ts";

const ATOM = /^(?:[\w$]+|-?\d+(?:\.\d+)?|"(?:[^"\\]|\\.)*")$/;
/** Nesting deeper than this would be hard on the JavaScript parser. */
const LONG = 400;
const METAMETHOD: Record<ArithmeticOperator, string> = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "div",
  "%": "mod",
  "^": "pow",
};

/**
 * Writes the code of an expression and returns the text of its value.
 *
 * @param target A variable that may take the result; the value is then either
 * in it or in the returned text.
 */
export function emitExpression(
  emitter: Emitter,
  expression: Expression,
  target?: string,
): string {
  switch (expression.kind) {
    case "nil":
      return "undefined";
    case "true":
    case "false":
      return expression.kind;
    case "number":
      return numeral(expression.value);
    case "string":
      return quote(expression.value);
    case "numeral":
      return `L[${expression.index}]`;
    case "vararg":
      return "va[0]";
    case "paren":
      return emitExpression(emitter, expression.inner, target);
    case "local":
      return emitter.read(expression.variable);
    case "global": {
      const result = target ?? emitter.reserve();
      const accessor = emitter.chunk.field(expression.name);
      const field = property("E", expression.name);
      emitter.operation(
        expression.line,
        undefined,
        result,
        (v) =>
          `(${v}=${fastPaths.off ? "undefined" : field})===undefined&&` +
          `(${v}=${accessor}.get(E))===null`,
      );
      return result;
    }
    case "index":
      return emitIndex(emitter, expression, target);
    case "call":
    case "method":
      return emitter.visit.call(emitter, expression, "one", target);
    case "function":
      return emitClosure(emitter, expression);
    case "table":
      return emitter.visit.table(emitter, expression, target);
    case "unary":
      return emitUnary(emitter, expression, target);
    case "binary":
      return emitBinary(emitter, expression, target);
  }
}

/** Like {@link emitExpression}, but the text is a literal or a plain variable. */
export function emitAtom(emitter: Emitter, expression: Expression): string {
  const code = emitExpression(emitter, expression);
  return ATOM.test(code) ? code : emitter.spill(code);
}

/** Like {@link emitAtom}, for what stands in front of a field. */
export function emitBase(emitter: Emitter, expression: Expression): string {
  const code = emitAtom(emitter, expression);
  return /^\d/.test(code) ? emitter.spill(code) : code;
}

/** Emits an expression whose value must survive the code of `later`. */
export function emitOperand(
  emitter: Emitter,
  expression: Expression,
  later: readonly Expression[],
): string {
  const code = emitExpression(emitter, expression);
  if (ATOM.test(code)) return code;
  return later.some(mayRun) || !isNumeric(expression)
    ? emitter.spill(code)
    : code;
}

/** Whether evaluating an expression may run other code. */
export function mayRun(expression: Expression): boolean {
  switch (expression.kind) {
    case "nil":
    case "true":
    case "false":
    case "number":
    case "string":
    case "numeral":
    case "vararg":
    case "local":
    case "function":
      return false;
    case "paren":
      return mayRun(expression.inner);
    case "unary":
      return expression.operator !== "not" && !isNumeric(expression) ||
        mayRun(expression.operand);
    case "binary":
      // Numbers are made of numeric locals and literals alone.
      return !isNumeric(expression);
  }
  return true;
}

/** A JavaScript string literal for a binary string. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

/** A JavaScript literal for a number, safe behind any operator. */
export function numeral(value: number): string {
  if (value < 0 || Object.is(value, -0)) return `(-${numeral(-value)})`;
  return String(value);
}

/** Access to the field `name` of a table, as it is stored (table.ts). */
export function property(object: string, name: string): string {
  const key = `$${name}`;
  return /^[\w$]+$/.test(key) ? `${object}.${key}` : `${object}[${quote(key)}]`;
}

/**
 * The condition that reading a field of `object` leaves `target` nil, so that
 * the slow path is needed. Not `object?.field`, whose two ways of being
 * undefined would make V8 box every number it reads.
 */
export function isMissing(
  object: string,
  name: string,
  target: string,
  isTable: boolean,
): string {
  if (fastPaths.off) return "true";
  const load = `(${target}=${property(object, name)})===undefined`;
  return isTable ? load : `(${object}===undefined||${load})`;
}

/** Whether an expression is a table for sure. */
export function isTableVariable(
  emitter: Emitter,
  expression: Expression,
): expression is LocalNode {
  return expression.kind === "local" &&
    expression.variable.constant?.kind === "table" &&
    !expression.variable.assigned && !emitter.chunk.debuggable;
}

function emitIndex(
  emitter: Emitter,
  { object, key, line }: IndexNode,
  target: string | undefined,
): string {
  const result = target ?? emitter.reserve();
  const mark = emitter.temporaryMark();
  const isTable = isTableVariable(emitter, object);
  const name = describe(emitter, object);
  if (key.kind === "string") {
    const table = emitBase(emitter, object);
    emitter.releaseTo(mark);
    const accessor = emitter.chunk.field(key.value);
    const two = (v: string) =>
      `${isMissing(table, key.value, v, isTable)}&&` +
      `(${v}=${accessor}.get(${table}))===null`;
    return finish(emitter, line, name, result, [table], two);
  }
  const table = mayRun(key)
    ? emitOperand(emitter, object, [key])
    : emitBase(emitter, object);
  const index = emitAtom(emitter, key);
  emitter.releaseTo(mark);
  const load = (v: string) =>
    fastPaths.off
      ? "true"
      : isTable
      ? `(${v}=${table}.arr[${index}])===undefined`
      : `(${table}===undefined||(t=${table}.arr)===undefined||` +
        `(${v}=t[${index}])===undefined)`;
  const numeric = isNumeric(key);
  const slow = (v: string) => `(${v}=R.index(${table},${index}))===null`;
  return finish(
    emitter,
    line,
    name,
    result,
    [table, index],
    (v) =>
      numeric
        ? `${load(v)}&&${slow(v)}`
        : `(typeof ${index}!=="number"||${load(v)})&&${slow(v)}`,
  );
}

/** Emits a site in two steps, through `r` when its operands are its target. */
function finish(
  emitter: Emitter,
  line: number,
  name: string | undefined,
  result: string,
  operands: readonly string[],
  test: (v: string) => string,
): string {
  if (!emitter.resumable && operands.includes(result)) {
    emitter.operation(line, name, undefined, test);
    emitter.write(`${result}=r;`);
    emitter.settle(result);
  } else {
    emitter.operation(line, name, result, test);
  }
  return result;
}

/** The text that makes a closure. */
export function emitClosure(emitter: Emitter, fn: FunctionNode): string {
  emitter.children.push(fn);
  const shared = Emitter.upvalues(emitter.chunk, fn).map((variable) =>
    emitter.share(variable)
  );
  if (fn.usesGlobals) shared.unshift("E");
  const make = emitter.resumable ? `P${fn.id}.make` : `mk${fn.id}`;
  return `${make}(${shared.join(",")})`;
}

function emitUnary(
  emitter: Emitter,
  expression: Extract<Expression, { kind: "unary" }>,
  target: string | undefined,
): string {
  const { operator, operand, line } = expression;
  if (operator === "not") return negate(emitCondition(emitter, operand));
  if (operator === "-" && isNumeric(operand)) {
    return `(-${emitExpression(emitter, operand)})`;
  }
  const result = target ?? emitter.reserve();
  const mark = emitter.temporaryMark();
  const value = emitBase(emitter, operand);
  emitter.releaseTo(mark);
  const name = describe(emitter, operand);
  emitter.operation(
    line,
    name,
    result,
    (v) =>
      operator === "-"
        ? `(${v}=${fast(`typeof ${value}==="number"`)}?-${value}:` +
          `R.unm(${value}))===null`
        : `(${v}=${value} instanceof Table?${value}.length():` +
          `R.len(${value}))===null`,
  );
  return result;
}

function negate(condition: string): string {
  return condition === "true"
    ? "false"
    : condition === "false"
    ? "true"
    : `!${condition}`;
}

function emitBinary(
  emitter: Emitter,
  expression: BinaryNode,
  target: string | undefined,
): string {
  switch (expression.operator) {
    case "and":
    case "or":
      return emitLogic(emitter, expression, target);
    case "==":
    case "~=":
      return emitEquality(emitter, expression, target);
    case "..":
      return emitConcat(emitter, expression, target);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return emitOrder(emitter, expression, target);
    default:
      return emitArithmetic(emitter, expression, target);
  }
}

/** Both operands of a binary operation, evaluated left to right. */
function emitPair(
  emitter: Emitter,
  { left, right }: BinaryNode,
): [string, string] {
  // A local of this function is read when the operation runs, as LuaJIT does,
  // but a value in a box could be changed by the right operand's calls.
  const a = mayRun(right)
    ? emitOperand(emitter, left, [right])
    : emitAtom(emitter, left);
  return [a, emitAtom(emitter, right)];
}

/** A chain of arithmetic, `((a + b) - c) * d`, in a loop: it may be long. */
function emitArithmetic(
  emitter: Emitter,
  expression: BinaryNode,
  target: string | undefined,
): string {
  const chain: BinaryNode[] = [];
  let first: Expression = expression;
  while (first.kind === "binary" && isArithmetic(first)) {
    chain.push(first);
    first = first.left;
  }
  const result = target ?? emitter.reserve();
  const mark = emitter.temporaryMark();
  let value = mayRun(chain[chain.length - 1]!.right)
    ? emitOperand(emitter, first, [chain[chain.length - 1]!.right])
    : emitExpression(emitter, first);
  let numeric = isNumeric(first);
  // The target may be a variable that a later operand still reads.
  const sum = target === undefined ? result : emitter.reserve();
  const after = emitter.temporaryMark();
  for (let i = chain.length - 1; i >= 0; i--) {
    const { left, right, line } = chain[i]!;
    const operator = chain[i]!.operator as ArithmeticOperator;
    if (numeric && isNumeric(right)) {
      value = arithmetic(operator, value, emitExpression(emitter, right));
      if (value.length > LONG) value = emitter.spill(value);
      continue;
    }
    const a = ATOM.test(value) ? value : emitter.spill(value);
    const b = emitAtom(emitter, right);
    const into = i === 0 ? result : sum;
    emitter.releaseTo(i === 0 ? mark : after);
    const checks = [
      numeric ? "" : `typeof ${a}==="number"`,
      isNumeric(right) ? "" : `typeof ${b}==="number"`,
    ].filter((check, at, all) => check !== "" && all.indexOf(check) === at);
    emitter.operation(
      line,
      (describe(emitter, left) ?? "") + "\n" +
        (describe(emitter, right) ?? ""),
      into,
      (v) =>
        `(${v}=${fast(checks.join("&&"))}?${arithmetic(operator, a, b)}:` +
        `R.${METAMETHOD[operator]}(${a},${b}))===null`,
    );
    value = into;
    numeric = false;
  }
  if (value !== result) emitter.settle(result);
  if (sum !== result) emitter.settle(sum);
  return value;
}

/** The test that the operands that are not known to be numbers are. */
function numberChecks(operands: readonly (readonly [Expression, string])[]) {
  const unknown = operands.filter(([expression]) => !isNumeric(expression));
  return [...new Set(unknown.map(([, code]) => `typeof ${code}==="number"`))]
    .join("&&");
}

function arithmetic(
  operator: ArithmeticOperator,
  a: string,
  b: string,
): string {
  if (operator === "%") return `remainder(${a},${b})`;
  if (operator === "^") return `power(${a},${b})`;
  return `(${a}${operator}${b})`;
}

function emitOrder(
  emitter: Emitter,
  expression: BinaryNode,
  target: string | undefined,
): string {
  const { left, right, line, operator } = expression;
  if (isNumeric(left) && isNumeric(right)) {
    const a = emitOperand(emitter, left, [right]);
    return `(${a}${operator}${emitExpression(emitter, right)})`;
  }
  const result = target ?? emitter.reserve();
  const mark = emitter.temporaryMark();
  const [a, b] = emitPair(emitter, expression);
  emitter.releaseTo(mark);
  const checks = numberChecks([[left, a], [right, b]]);
  const swapped = operator === ">" || operator === ">=";
  const slow = (operator === "<" || operator === ">" ? "R.lt" : "R.le") +
    (swapped ? `(${b},${a})` : `(${a},${b})`);
  emitter.operation(
    line,
    undefined,
    result,
    (v) => `(${v}=${checks}?${a}${operator}${b}:${slow})===null`,
  );
  return result;
}

function isPrimitive(expression: Expression): boolean {
  switch (expression.kind) {
    case "nil":
    case "true":
    case "false":
    case "number":
    case "string":
      return true;
    case "paren":
      return isPrimitive(expression.inner);
  }
  return isNumeric(expression);
}

function emitEquality(
  emitter: Emitter,
  expression: BinaryNode,
  target: string | undefined,
): string {
  const { left, right, line, operator } = expression;
  const { cdata } = emitter.chunk;
  if (
    cdata
      ? isPrimitive(left) && isPrimitive(right)
      : isPrimitive(left) || isPrimitive(right)
  ) {
    const a = emitOperand(emitter, left, [right]);
    const b = emitExpression(emitter, right);
    return `(${a}${operator === "==" ? "===" : "!=="}${b})`;
  }
  const result = target ?? emitter.reserve();
  const mark = emitter.temporaryMark();
  const [a, b] = emitPair(emitter, expression);
  emitter.releaseTo(mark);
  emitter.operation(
    line,
    undefined,
    result,
    (v) =>
      `(${v}=${a}===${b}||${
        cdata
          ? `(typeof ${a}==="object"||typeof ${b}==="object")`
          : `typeof ${a}==="object"`
      }&&R.eq(${a},${b}))===null`,
  );
  return operator === "==" ? result : `!${result}`;
}

function emitConcat(
  emitter: Emitter,
  expression: BinaryNode,
  target: string | undefined,
): string {
  const operands: Expression[] = [];
  let rest: Expression = expression;
  while (rest.kind === "binary" && rest.operator === "..") {
    operands.push(rest.left);
    rest = rest.right;
  }
  operands.push(rest);
  const result = target ?? emitter.reserve();
  const mark = emitter.temporaryMark();
  const values = operands.map((operand, i) => {
    const later = operands.slice(i + 1);
    return later.some(mayRun)
      ? emitOperand(emitter, operand, later)
      : emitAtom(emitter, operand);
  });
  // From the right, as the operator associates. The operands still needed
  // stay in their temporaries until their turn.
  let right = values[values.length - 1]!;
  let rightName = describe(emitter, operands[operands.length - 1]!);
  let rightIsString = operands[operands.length - 1]!.kind === "string";
  for (let i = values.length - 2; i >= 0; i--) {
    const left = values[i]!;
    const leftIsString = operands[i]!.kind === "string";
    const checks = [
      leftIsString ? "" : `typeof ${left}==="string"`,
      rightIsString ? "" : `typeof ${right}==="string"`,
    ].filter(Boolean).join("&&");
    const into = i === 0 ? result : emitter.temporary();
    if (i === 0) emitter.releaseTo(mark);
    const a = left;
    const b = right;
    emitter.operation(
      expression.line,
      `${describe(emitter, operands[i]!) ?? ""}\n${rightName ?? ""}`,
      into,
      (v) =>
        checks === ""
          ? `(${v}=${a}+${b})===null`
          : `(${v}=${fast(checks)}?${a}+${b}:R.concat(${a},${b}))===null`,
    );
    right = into;
    rightName = undefined;
    rightIsString = false;
  }
  return result;
}

/** `and` and `or` as values. */
function emitLogic(
  emitter: Emitter,
  expression: BinaryNode,
  target: string | undefined,
): string {
  if (isBoolean(expression.left) && isBoolean(expression.right)) {
    return emitCondition(emitter, expression);
  }
  const { operator, left, right } = expression;
  // The target may be a variable that the right operand still reads, unless
  // it is only now being declared; the caller passes only such targets.
  const result = target ?? emitter.reserve();
  const mark = emitter.temporaryMark();
  const a = emitExpression(emitter, left, result);
  const before = emitter.site;
  if (a !== result) emitter.write(`${result}=${a};`);
  emitter.settle(result);
  emitter.releaseTo(mark);
  const then = emitter.capture(() => {
    const b = emitExpression(emitter, right, result);
    if (b !== result) emitter.write(`${result}=${b};`);
    emitter.releaseTo(mark);
  });
  const truth = isBoolean(left) ? result : truthy(result);
  emitter.branch(
    operator === "and" ? truth : `!${truth}`,
    then,
    "",
    emitter.site > before,
  );
  return result;
}

function truthy(atom: string): string {
  return `(${atom}!==undefined&&${atom}!==false)`;
}

/** Whether the text of an expression is a JavaScript boolean. */
function isBoolean(expression: Expression): boolean {
  switch (expression.kind) {
    case "true":
    case "false":
      return true;
    case "paren":
      return isBoolean(expression.inner);
    case "unary":
      return expression.operator === "not";
    case "binary":
      switch (expression.operator) {
        case "==":
        case "~=":
        case "<":
        case "<=":
        case ">":
        case ">=":
          return true;
        case "and":
        case "or":
          return isBoolean(expression.left) && isBoolean(expression.right);
      }
  }
  return false;
}

/** Writes the code of a condition and returns a JavaScript boolean. */
export function emitCondition(
  emitter: Emitter,
  expression: Expression,
): string {
  switch (expression.kind) {
    case "nil":
      return "false";
    case "number":
    case "string":
      return "true";
    case "paren":
      return emitCondition(emitter, expression.inner);
    case "binary":
      if (expression.operator !== "and" && expression.operator !== "or") break;
      return emitLogicCondition(emitter, expression);
  }
  if (isBoolean(expression)) return emitExpression(emitter, expression);
  return truthy(emitAtom(emitter, expression));
}

function emitLogicCondition(
  emitter: Emitter,
  { operator, left, right }: BinaryNode,
): string {
  const mark = emitter.temporaryMark();
  const result = emitter.reserve();
  const a = emitCondition(emitter, left);
  const before = emitter.site;
  let b = "";
  emitter.settle(result);
  const code = emitter.capture(() => {
    b = emitCondition(emitter, right);
  });
  if (code === "") {
    return `(${a}${operator === "and" ? "&&" : "||"}${b})`;
  }
  emitter.releaseTo(mark + 1);
  emitter.write(`${result}=${a};`);
  emitter.branch(
    operator === "and" ? result : `!${result}`,
    `${code}${result}=${b};`,
    "",
    emitter.site > before,
  );
  return result;
}
