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
  /**
   * The first result of the call that ends the list: all of them are in `X.r`
   * until something else is called.
   */
  readonly result: string | undefined;
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
      if (expression.kind === "vararg") {
        return { values, rest: "va", result: undefined };
      }
      if (expression.kind === "call" || expression.kind === "method") {
        const result = emitCall(emitter, expression, "multi");
        return { values, rest: undefined, result };
      }
    }
    values.push(emitOperand(emitter, expression, expressions.slice(i + 1)));
  }
  return { values, rest: undefined, result: undefined };
}

/**
 * The expression that `use` makes of the list, given as the arguments of a
 * JavaScript call or array literal. A single result, by far the most frequent,
 * needs no array.
 */
export function spread(
  { values, rest, result }: ValueList,
  use: (list: string) => string,
): string {
  if (result === undefined) {
    return use(
      (rest === undefined ? values : [...values, `...${rest}`]).join(","),
    );
  }
  return `((t=X.r)===undefined?${use([...values, result].join(","))}:` +
    `(X.r=undefined,${use([...values, "...t"].join(","))}))`;
}

/** Lets function literals know that they are given to a global. */
function noteLiterals(call: CallNode | MethodNode): void {
  if (call.kind === "method" || call.callee.kind !== "global") return;
  for (const arg of call.args) {
    if (arg.kind === "function") arg.givenTo = call;
  }
}

/**
 * Emits a call.
 *
 * @returns The text of the first result; for `multi` the others are in `X.r`.
 * For `tail` the call is the function's last act and returns from it.
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
  if (wanted !== "tail") noteLiterals(call);
  // Nearly all errors are raised like this: it saves asking V8 for the place.
  const raises = wanted === "none" && call.kind === "call" &&
    call.callee.kind === "global" && call.callee.name === "error";
  const place = raises
    ? `(${callee.atom}===X.error&&(X.at=P${emitter.fn.id},X.line=${call.line}),` +
      `${callee.code})`
    : callee.code;
  if (emitter.hooked) {
    // The hook runs Lua code.
    if (list.result !== undefined) emitter.write("t=X.r;");
    emitter.write(`K(${call.line});hookHost(${callee.atom},"call");`);
    if (list.result !== undefined) emitter.write("X.r=t;");
  }
  const called = emitter.hooked ? `X.hookLeaf(${place})` : place;
  const code = spread(list, (values) => `${called}(${values})`);
  emitter.releaseTo(mark);
  const clear = wanted === "one" || wanted === "none" ||
      list.result !== undefined
    ? ""
    : "X.r=undefined;";
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
    wanted === "multi" ? SiteKind.Call : SiteKind.CallForOne,
    clear,
  );
  if (emitter.hooked && wanted === "none") {
    emitter.write(`hookHost(${callee.atom},"return");`);
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
  values.push(emitCall(emitter, last as CallNode | MethodNode, "multi"));
  for (let i = 1; i <= missing; i++) {
    values.push(emitter.spill(`X.r===undefined?undefined:X.r[${i}]`));
  }
  return values;
}
