/**
 * Which table constructors make objects: tables that get fields by name later,
 * so that it pays to leave room for them (table.ts). A guess from what the
 * parser sees: the constructor's variable has a field assigned, or it is given
 * to `setmetatable`, or to a global variable. A wrong guess costs time only.
 */
import type {
  CallNode,
  Expression,
  TableNode,
  Target,
  Variable,
} from "./ast.ts";

/** Notes that `value` is assigned to `target`. */
export function noteAssignment(
  target: Target,
  value: Expression | undefined,
): void {
  if (target.kind === "index") {
    if (target.key.kind === "string") noteObject(target.object);
  } else if (target.kind === "local") noteHolder(target.variable, value);
  else if (value?.kind === "table") value.object = true;
}

/** Notes that `variable` may hold the value of an expression. */
export function noteHolder(
  variable: Variable,
  value: Expression | undefined,
): void {
  switch (value?.kind) {
    case "table":
      value.holder = variable;
      break;
    case "paren":
      noteHolder(variable, value.inner);
      break;
    case "binary":
      if (value.operator === "or" || value.operator === "and") {
        noteHolder(variable, value.right);
      }
  }
}

/** Notes a call, which may be one of `setmetatable`. */
export function noteCall({ callee, args }: CallNode): void {
  if (callee.kind === "global" && callee.name === "setmetatable") {
    noteObject(args[0]);
  }
}

function noteObject(expression: Expression | undefined): void {
  if (expression?.kind === "table") expression.object = true;
  else if (expression?.kind === "local") expression.variable.object = true;
}

/** Whether a constructor makes an object. */
export function isObject({ object, holder }: TableNode): boolean {
  return object || holder?.object === true;
}
