/**
 * Statements, and blocks of them. Loops are in emit_loop.ts, assignments in
 * emit_assignment.ts.
 */
import type { Block, Statement } from "./ast.ts";
import {
  emitAssignment,
  emitLocal,
  emitLocalFunction,
} from "./emit_assignment.ts";
import { emitCall, emitList, spread } from "./emit_call.ts";
import { emitCondition, emitExpression } from "./emit_expression.ts";
import {
  emitGenericFor,
  emitNumericFor,
  emitRepeat,
  emitWhile,
} from "./emit_loop.ts";
import { DEPTH, type Emitter, leaves } from "./emitter.ts";

/** Emits a block with its own scope. */
export function emitBlock(emitter: Emitter, block: Block): void {
  const mark = emitter.scopeMark();
  emitStatements(emitter, block, 0);
  emitter.leaveTo(mark);
}

/** Emits the statements of `block` from `from` on, in the current scope. */
export function emitStatements(
  emitter: Emitter,
  block: Block,
  from: number,
): void {
  emitWithLabels(emitter, block, from, block.length);
}

/**
 * Labels cut a block in two. A goto to a label ahead leaves a labelled
 * JavaScript block that ends there; a goto back continues a loop that starts
 * there. In the resumable version both are jumps.
 */
function emitWithLabels(
  emitter: Emitter,
  block: Block,
  from: number,
  to: number,
): void {
  // The last label with a forward goto, so that blocks nest properly.
  let at = to - 1;
  while (at >= from && block[at]!.kind !== "label") at--;
  if (at < from) {
    for (let i = from; i < to; i++) emitStatement(emitter, block[i]!);
    return;
  }
  const { label } = block[at] as Extract<Statement, { kind: "label" }>;
  if (emitter.resumable && emitter.hasSites(label)) {
    const place = emitter.newLabel();
    const jump = emitter.jump(place);
    emitter.labelJumps.set(label, { forward: jump, backward: jump });
    emitWithLabels(emitter, block, from, at);
    emitter.passedLabels.add(label);
    emitter.write(`case ${place}:`);
    emitWithLabels(emitter, block, at + 1, to);
    return;
  }
  const before = emitter.site;
  emitter.labelJumps.set(label, {
    forward: `break ${label.js};`,
    backward: `continue ${label.js}_;`,
  });
  if (label.forward) emitter.write(`${label.js}:{`);
  emitWithLabels(emitter, block, from, at);
  if (label.forward) emitter.write("}");
  emitter.passedLabels.add(label);
  if (label.backward) emitter.write(`${label.js}_:for(;;){`);
  emitWithLabels(emitter, block, at + 1, to);
  if (label.backward) {
    // A loop made of gotos has to be interruptible like any other.
    emitter.write(`break ${label.js}_;}`);
  }
  if (!emitter.resumable && emitter.site > before) {
    emitter.facts.withSites.add(label);
  }
}

function emitStatement(emitter: Emitter, statement: Statement): void {
  const temporaries = emitter.temporaryMark();
  if (emitter.hooked) emitter.write(`K(${statement.line});`);
  emitter.beginLine(statement.line);
  emitOne(emitter, statement);
  emitter.releaseTo(temporaries);
}

function emitOne(emitter: Emitter, statement: Statement): void {
  switch (statement.kind) {
    case "localStatement":
      return emitLocal(emitter, statement.variables, statement.values);
    case "localFunction":
      return emitLocalFunction(emitter, statement.variable, statement.fn);
    case "assign":
      return emitAssignment(emitter, statement);
    case "callStatement":
      emitCall(emitter, statement.call, "none");
      return;
    case "do":
      return emitBlock(emitter, statement.body);
    case "return":
      return emitReturn(emitter, statement);
    case "if":
      return emitIf(emitter, statement, 0);
    case "while":
      return emitter.loop(() => emitWhile(emitter, statement));
    case "repeat":
      return emitter.loop(() => emitRepeat(emitter, statement));
    case "numericFor":
      return emitter.loop(() => emitNumericFor(emitter, statement));
    case "genericFor":
      return emitter.loop(() => emitGenericFor(emitter, statement));
    case "break":
      return emitter.write(emitter.loops[emitter.loops.length - 1]!.leave);
    case "goto": {
      const jumps = emitter.labelJumps.get(statement.label);
      if (jumps === undefined) throw new Error("goto without its label");
      if (isBackward(emitter, statement)) {
        emitter.interruptSite(statement.line);
        if (emitter.resumable) emitter.write(`case ${emitter.site}:`);
      }
      emitter.write(
        isBackward(emitter, statement) ? jumps.backward : jumps.forward,
      );
      return;
    }
    case "label":
      throw new Error("label outside its block");
  }
}

/** Whether the label of a goto has been emitted already. */
function isBackward(
  emitter: Emitter,
  { label }: Extract<Statement, { kind: "goto" }>,
): boolean {
  return emitter.passedLabels.has(label);
}

function emitReturn(
  emitter: Emitter,
  { values }: Extract<Statement, { kind: "return" }>,
): void {
  const only = values.length === 1 ? values[0] : undefined;
  if (only?.kind === "call" || only?.kind === "method") {
    emitCall(emitter, only, "tail");
    return;
  }
  if (only !== undefined && only.kind !== "vararg") {
    const value = emitExpression(emitter, only);
    emitter.write(
      `${emitter.clearResults()}X.d-=${DEPTH};return ${value};`,
    );
    return;
  }
  emitReturnList(emitter, values);
}

/** `return` of several values, or of none. */
function emitReturnList(
  emitter: Emitter,
  values: Extract<Statement, { kind: "return" }>["values"],
): void {
  if (values.length === 0) {
    emitter.write(`X.r=EMPTY;X.d-=${DEPTH};return;`);
    return;
  }
  const list = emitList(emitter, values);
  const array = list.rest !== undefined && list.values.length === 0
    ? list.rest
    : spread(list, (values) => `[${values}]`);
  emitter.write(`r=X.r=${array};X.d-=${DEPTH};return r[0];`);
}

/** The implicit return at a function's end. */
export function emitEnd(emitter: Emitter): void {
  const { body } = emitter.fn;
  if (leaves(body[body.length - 1])) return;
  if (emitter.hooked) emitter.write(`K(${emitter.fn.endLine});`);
  emitReturnList(emitter, []);
}

function emitIf(
  emitter: Emitter,
  statement: Extract<Statement, { kind: "if" }>,
  index: number,
): void {
  const mark = emitter.temporaryMark();
  const clause = statement.clauses[index]!;
  emitter.beginLine(clause.condition.line);
  const condition = emitCondition(emitter, clause.condition);
  emitter.releaseTo(mark);
  const before = emitter.site;
  const then = emitter.capture(() => emitBlock(emitter, clause.body));
  const last = index === statement.clauses.length - 1;
  const otherwise = emitter.capture(() => {
    if (!last) emitIf(emitter, statement, index + 1);
    else if (statement.otherwise) emitBlock(emitter, statement.otherwise);
  });
  emitter.branch(condition, then, otherwise, emitter.site > before);
}
