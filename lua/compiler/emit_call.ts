/**
 * Calls, and lists of expressions whose last one may give several values.
 *
 * The first result of a call is the JavaScript result. `X.r` holds all results
 * as an array when there is not exactly one; a caller that wants them all
 * clears it before the call.
 */
import type { CallNode, Expression, MethodNode } from "./ast.ts";
import {
  emitAtom,
  emitBase,
  emitExpression,
  emitOperand,
  isMissing,
  isTableVariable,
  mayRun,
  property,
} from "./emit_expression.ts";
import { DEPTH, describe, type Emitter, SiteKind } from "./emitter.ts";
import { fastPaths } from "./fast_paths.ts";

/** Which results of a call are used. */
export type Wanted = "none" | "one" | "multi" | "tail";

/** The values of an expression list. */
export interface ValueList {
  /** The text of the values that are there for sure. */
  readonly values: string[];
  /** The array that holds the values of the last expression, if it has many. */
  readonly rest: string | undefined;
}

/** Whether an expression can have more or fewer than one value. */
export function isMulti(expression: Expression | undefined): boolean {
  return expression?.kind === "call" || expression?.kind === "method" ||
    expression?.kind === "vararg";
}

/** Evaluates a list, left to right, keeping the values of its last part. */
export function emitList(
  emitter: Emitter,
  expressions: readonly Expression[],
): ValueList {
  const values: string[] = [];
  for (const [i, expression] of expressions.entries()) {
    if (i === expressions.length - 1) {
      if (expression.kind === "vararg") return { values, rest: "va" };
      if (expression.kind === "call" || expression.kind === "method") {
        return { values, rest: emitCall(emitter, expression, "multi") };
      }
    }
    values.push(emitOperand(emitter, expression, expressions.slice(i + 1)));
  }
  return { values, rest: undefined };
}

/** The list as the arguments of a JavaScript call or array literal. */
export function spread({ values, rest }: ValueList): string {
  return (rest === undefined ? values : [...values, `...${rest}`]).join(",");
}

/**
 * Emits a call.
 *
 * @returns The text of the result: the first one, or for `multi` an array of
 * all. For `tail` the call is the function's last act and returns from it.
 */
export function emitCall(
  emitter: Emitter,
  call: CallNode | MethodNode,
  wanted: Wanted,
  target?: string,
): string {
  emitter.facts.calls = true;
  const result = target ?? emitter.reserve();
  const mark = emitter.temporaryMark();
  const callee = call.kind === "method"
    ? emitMethod(emitter, call)
    : emitCallee(emitter, call);
  const list = emitList(emitter, call.args);
  if (callee.self !== undefined) list.values.unshift(callee.self);
  // Nearly all errors are raised like this: it saves asking V8 for the place.
  const raises = wanted === "none" && call.kind === "call" &&
    call.callee.kind === "global" && call.callee.name === "error";
  const place = raises
    ? `(${callee.atom}===X.error&&(X.at=P${emitter.fn.id},X.line=${call.line}),` +
      `${callee.code})`
    : callee.code;
  const code = `${place}(${spread(list)})`;
  if (emitter.hooked) emitter.write(`hookHost(${callee.atom},"call");`);
  emitter.releaseTo(mark);
  const clear = wanted === "one" || wanted === "none" ? "" : "X.r=undefined;";
  if (wanted === "tail") {
    emitter.beginSite(call.line, callee.name, SiteKind.Tail);
    emitter.write(`${clear}r=${code};X.d-=${DEPTH};return r;`);
    return result;
  }
  emitter.operation(
    call.line,
    callee.name,
    wanted === "none" ? undefined : result,
    (v) => wanted === "none" ? `${code}===null` : `(${v}=${code})===null`,
    SiteKind.Call,
    clear,
  );
  if (emitter.hooked && wanted === "none") {
    emitter.write(`hookHost(${callee.atom},"return");`);
  }
  if (wanted === "multi") {
    emitter.write(`${result}=X.r===undefined?[${result}]:X.r;`);
  }
  return result;
}

/**
 * Methods that are nearly always those of strings. To look for a property of
 * a string costs V8 more than to look whether it is a string.
 */
const STRING_METHODS = new Set(
  ("byte char find format gmatch gsub len lower match rep reverse sub upper")
    .split(" "),
);

interface Callee {
  readonly code: string;
  readonly atom: string;
  readonly self: string | undefined;
  readonly name: string | undefined;
}

function emitCallee(emitter: Emitter, call: CallNode): Callee {
  const { callee } = call;
  const name = describe(emitter, callee);
  const code = call.args.some(mayRun) || callee.kind !== "local"
    ? emitOperand(emitter, callee, call.args)
    : emitAtom(emitter, callee);
  const isFunction = callee.kind === "local" &&
    callee.variable.constant?.kind === "function" &&
    !callee.variable.assigned && !emitter.chunk.debuggable;
  return {
    code: isFunction
      ? code
      : `(typeof ${code}==="function"?${code}:R.C(${code}))`,
    atom: code,
    self: undefined,
    name,
  };
}

function emitMethod(emitter: Emitter, call: MethodNode): Callee {
  const method = emitter.reserve();
  const self = call.args.some(mayRun)
    ? emitOperand(emitter, call.object, call.args)
    : emitBase(emitter, call.object);
  const isTable = isTableVariable(emitter, call.object);
  const accessor = emitter.chunk.field(call.name);
  const missing = (v: string) => isMissing(self, call.name, v, isTable);
  emitter.operation(
    call.line,
    describe(emitter, call.object),
    method,
    (v) =>
      (STRING_METHODS.has(call.name) && !isTable && !fastPaths.off
        ? `(typeof ${self}==="string"?(${v}=X.strings.$__index)===undefined||` +
          `(${v}=${property(v, call.name)})===undefined:${missing(v)})`
        : missing(v)) +
      `&&(${v}=${accessor}.get(${self}))===null`,
  );
  return {
    code: `(typeof ${method}==="function"?${method}:R.C(${method}))`,
    atom: method,
    self,
    name: `method '${call.name}'`,
  };
}

/**
 * Evaluates `expressions` for `count` variables: the texts of their values.
 * Missing values are nil, surplus ones are evaluated and dropped.
 */
export function emitAdjusted(
  emitter: Emitter,
  expressions: readonly Expression[],
  count: number,
): string[] {
  const last = expressions[expressions.length - 1];
  const missing = count - expressions.length;
  if (missing < 0 || last === undefined || !isMulti(last)) {
    const values = expressions.map((expression, i) =>
      emitOperand(emitter, expression, expressions.slice(i + 1))
    );
    while (values.length < count) values.push("undefined");
    return values;
  }
  const values = expressions.slice(0, -1).map((expression, i) =>
    emitOperand(emitter, expression, expressions.slice(i + 1))
  );
  if (missing === 0) {
    values.push(emitExpression(emitter, last));
    return values;
  }
  if (last.kind === "vararg") {
    for (let i = 0; i <= missing; i++) values.push(`va[${i}]`);
    return values;
  }
  const rest = emitCall(emitter, last as CallNode | MethodNode, "multi");
  for (let i = 0; i <= missing; i++) values.push(`${rest}[${i}]`);
  return values;
}
