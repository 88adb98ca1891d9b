/** Local declarations and assignments. */
import type {
  Expression,
  FunctionNode,
  IndexNode,
  Statement,
  Target,
  Variable,
} from "./ast.ts";
import { emitAdjusted } from "./emit_call.ts";
import {
  emitAtom,
  emitClosure,
  emitExpression,
  emitOperand,
  isTableVariable,
  mayRun,
  property,
} from "./emit_expression.ts";
import { describe, type Emitter } from "./emitter.ts";
import { fast } from "./fast_paths.ts";
import { isNumeric } from "./infer.ts";

/** `local a, b = x, y` */
export function emitLocal(
  emitter: Emitter,
  variables: readonly Variable[],
  values: readonly Expression[],
): void {
  if (variables.length === 1 && values.length === 1) {
    const variable = variables[0]!;
    const target = emitter.isBoxed(variable) ? undefined : variable.js;
    const value = emitExpression(emitter, values[0]!, target);
    if (value === target) emitter.locals.push(target);
    else emitter.declare(variable, value);
  } else {
    const texts = emitAdjusted(emitter, values, variables.length);
    variables.forEach((variable, i) => emitter.declare(variable, texts[i]!));
  }
  for (const variable of variables) emitter.enter(variable.js, variable.name);
}

/** `local function f` */
export function emitLocalFunction(
  emitter: Emitter,
  variable: Variable,
  fn: FunctionNode,
): void {
  if (emitter.isBoxed(variable)) {
    emitter.declare(variable, "undefined");
    emitter.write(`${variable.js}.v=${emitClosure(emitter, fn)};`);
  } else {
    emitter.declare(variable, emitClosure(emitter, fn));
  }
  emitter.enter(variable.js, variable.name);
}

/** `a, b.c = x, y` */
export function emitAssignment(
  emitter: Emitter,
  { targets, values }: Extract<Statement, { kind: "assign" }>,
): void {
  if (targets.length === 1 && values.length === 1) {
    emitSingle(emitter, targets[0]!, values[0]!);
    return;
  }
  const all = [...values];
  const places = targets.map((target, i) =>
    target.kind === "index"
      ? emitPlace(emitter, target, [...keys(targets.slice(i + 1)), ...all])
      : undefined
  );
  const texts = emitAdjusted(emitter, values, targets.length)
    .slice(0, targets.length)
    // One of the targets may be a variable that another value still reads.
    .map((text) => /^s\d+$/.test(text) ? text : emitter.spill(text));
  for (let i = targets.length - 1; i >= 0; i--) {
    emitStore(emitter, targets[i]!, places[i], texts[i]!, false);
  }
}

function keys(targets: readonly Target[]): Expression[] {
  return targets.flatMap((target) =>
    target.kind === "index" ? [target.object, target.key] : []
  );
}

function emitSingle(emitter: Emitter, target: Target, value: Expression): void {
  if (target.kind === "local") {
    const { variable } = target;
    const into = emitter.isBoxed(variable) || !storesOnce(value)
      ? undefined
      : variable.js;
    const text = emitExpression(emitter, value, into);
    if (text !== into) emitStore(emitter, target, undefined, text, false);
    return;
  }
  const place = target.kind === "index"
    ? emitPlace(emitter, target, [value])
    : undefined;
  emitStore(
    emitter,
    target,
    place,
    emitAtom(emitter, value),
    isNumeric(value) || value.kind === "string" || value.kind === "table" ||
      value.kind === "function",
  );
}

/** Whether the code of an expression writes its target only at its end. */
function storesOnce(expression: Expression): boolean {
  switch (expression.kind) {
    case "binary":
      return expression.operator !== "and" && expression.operator !== "or";
    case "paren":
      return storesOnce(expression.inner);
  }
  return true;
}

interface Place {
  readonly table: string;
  /** Undefined for a constant name. */
  readonly key: string | undefined;
}

function emitPlace(
  emitter: Emitter,
  { object, key }: IndexNode,
  later: readonly Expression[],
): Place {
  const run = [key, ...later].some(mayRun);
  const table = run
    ? emitOperand(emitter, object, [key, ...later])
    : emitAtom(emitter, object);
  const base = stable(emitter, table);
  if (key.kind === "string") return { table: base, key: undefined };
  const index = later.some(mayRun)
    ? emitOperand(emitter, key, later)
    : emitAtom(emitter, key);
  return { table: base, key: index };
}

/** A numeral cannot stand in front of a field. */
function stable(emitter: Emitter, text: string): string {
  return /^[\d(-]/.test(text) ? emitter.spill(text) : text;
}

/** Stores `value`, a plain variable or literal. */
function emitStore(
  emitter: Emitter,
  target: Target,
  place: Place | undefined,
  value: string,
  notNil: boolean,
): void {
  if (target.kind === "local") {
    const { variable } = target;
    emitter.write(
      emitter.isBoxed(variable)
        ? `${variable.js}.v=${value};`
        : `${variable.js}=${value};`,
    );
  } else if (target.kind === "global") {
    emitStoreField(
      emitter,
      target.line,
      undefined,
      "E",
      target.name,
      value,
      false,
    );
  } else if (place!.key === undefined) {
    const name = (target.key as Extract<Expression, { kind: "string" }>).value;
    emitStoreField(
      emitter,
      target.line,
      describe(emitter, target.object),
      place!.table,
      name,
      value,
      !isTableVariable(emitter, target.object),
    );
  } else {
    emitStoreIndex(
      emitter,
      target,
      place as Place & { key: string },
      value,
      notNil,
    );
  }
}

function emitStoreField(
  emitter: Emitter,
  line: number,
  described: string | undefined,
  table: string,
  name: string,
  value: string,
  optional: boolean,
): void {
  const accessor = emitter.chunk.field(name);
  const field = property(table, name);
  const test = `${
    optional ? `${table}!==undefined&&` : ""
  }${field}!==undefined`;
  emitter.operation(
    line,
    described,
    undefined,
    () =>
      `${fast(test)}?(${field}=${value},false):` +
      `${accessor}.set(${table},${value})===null`,
  );
}

function emitStoreIndex(
  emitter: Emitter,
  target: IndexNode,
  { table, key }: { table: string; key: string },
  value: string,
  notNil: boolean,
): void {
  const isTable = isTableVariable(emitter, target.object);
  const checks = [
    isNumeric(target.key) ? "" : `typeof ${key}==="number"`,
    isTable ? "" : `${table}!==undefined`,
    `(t=${table}.arr)!==undefined`,
    `${key}<t.length`,
    `t[${key}]!==undefined`,
    notNil ? "" : `${value}!==undefined`,
  ].filter(Boolean).join("&&");
  emitter.operation(
    target.line,
    describe(emitter, target.object),
    undefined,
    () =>
      `${fast(checks)}?(t[${key}]=${value},false):` +
      `R.setIndex(${table},${key},${value})===null`,
  );
}
