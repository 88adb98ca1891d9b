/**
 * Which local variables only ever hold numbers. Optimistic: every variable
 * whose assignments are all visible starts as numeric, and loses the mark as
 * soon as one value is not, until nothing changes any more.
 *
 * Not a type system: parameters, results of calls and table fields are unknown.
 */
import type {
  BinaryNode,
  Block,
  Expression,
  FunctionNode,
  Statement,
  Variable,
} from "./ast.ts";

/** Sets {@link Variable.numeric} in every function of a chunk. */
export function inferNumbers(functions: readonly FunctionNode[]): void {
  const values = new Map<Variable, (Expression | undefined)[]>();
  const add = (variable: Variable, value: Expression | undefined) => {
    const list = values.get(variable);
    if (list === undefined) values.set(variable, [value]);
    else list.push(value);
  };
  for (const fn of functions) {
    for (const parameter of fn.parameters) add(parameter, undefined);
    collect(fn.body, add);
  }
  for (const variable of values.keys()) variable.numeric = true;
  for (let changed = true; changed;) {
    changed = false;
    for (const [variable, list] of values) {
      if (!variable.numeric) continue;
      if (!list.every((value) => value !== undefined && isNumeric(value))) {
        variable.numeric = false;
        changed = true;
      }
    }
  }
}

/** Whether the value of an expression is a number for sure. */
export function isNumeric(expression: Expression): boolean {
  // A loop down the left side: `1 + 1 + 1 + …` can be thousands long.
  for (;;) {
    switch (expression.kind) {
      case "number":
        return true;
      case "local":
        return expression.variable.numeric;
      case "paren":
        expression = expression.inner;
        continue;
      case "unary":
        if (expression.operator !== "-") return false;
        expression = expression.operand;
        continue;
      case "binary":
        if (!isArithmetic(expression) || !isNumeric(expression.right)) {
          return false;
        }
        expression = expression.left;
        continue;
    }
    return false;
  }
}

/** Whether a binary operation is one of `+ - * / % ^`. */
export function isArithmetic({ operator }: BinaryNode): boolean {
  switch (operator) {
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
    case "^":
      return true;
  }
  return false;
}

type Add = (variable: Variable, value: Expression | undefined) => void;

function collect(block: Block, add: Add): void {
  for (const statement of block) collectStatement(statement, add);
}

function collectStatement(statement: Statement, add: Add): void {
  switch (statement.kind) {
    case "localStatement":
      statement.variables.forEach((variable, i) =>
        add(variable, statement.values[i])
      );
      break;
    case "localFunction":
      add(statement.variable, undefined);
      break;
    case "assign":
      statement.targets.forEach((target, i) => {
        if (target.kind === "local") add(target.variable, statement.values[i]);
      });
      break;
    case "do":
    case "while":
    case "repeat":
      collect(statement.body, add);
      break;
    case "numericFor":
      // The loop starts only with numbers, whatever the expressions are.
      add(statement.variable, { kind: "number", line: 0, value: 0 });
      collect(statement.body, add);
      break;
    case "genericFor":
      for (const variable of statement.variables) add(variable, undefined);
      collect(statement.body, add);
      break;
    case "if":
      for (const clause of statement.clauses) collect(clause.body, add);
      if (statement.otherwise !== undefined) collect(statement.otherwise, add);
  }
}
