/**
 * The syntax tree that the parser gives to the emitter, with every name
 * resolved to its variable. Lines count from 1.
 */

/** A local variable or parameter. */
export interface Variable {
  readonly name: string;
  /** Its name in the emitted code, unique in the chunk. */
  readonly js: string;
  readonly owner: FunctionNode;
  /** An inner function uses it. */
  captured: boolean;
  /** It is assigned after its declaration. */
  assigned: boolean;
  /** Every value it ever holds is a number (infer.ts). */
  numeric: boolean;
  /** The only value it ever holds, when that is a table or a function. */
  constant: TableNode | FunctionNode | undefined;
  /** It may hold an object (objects.ts). */
  object: boolean;
}

/** A function body; the chunk itself is one. */
export interface FunctionNode {
  readonly kind: "function";
  /** Its number in the chunk, in order of appearance; the chunk is 0. */
  readonly id: number;
  readonly parent: FunctionNode | undefined;
  readonly line: number;
  endLine: number;
  readonly parameters: Variable[];
  vararg: boolean;
  /** Enclosing functions' variables, in order of first use. */
  readonly upvalues: Variable[];
  body: Block;
  /** The local variable that holds it and never changes, if any. */
  self: Variable | undefined;
  /** Whether it, or a function in it, reads or writes a global. */
  usesGlobals: boolean;
  /** The call of a global that it is an argument of as it is, once emitted. */
  givenTo: CallNode | undefined;
}

export type Block = Statement[];

export interface TableItem {
  /** Undefined for positional items. */
  readonly key: Expression | undefined;
  readonly value: Expression;
}

export interface TableNode {
  readonly kind: "table";
  readonly line: number;
  readonly items: TableItem[];
  /** It makes an object, see objects.ts. */
  object: boolean;
  /** The local variable that holds it first, if any. */
  holder: Variable | undefined;
}

export interface CallNode {
  readonly kind: "call";
  readonly line: number;
  readonly callee: Expression;
  readonly args: Expression[];
}

export interface MethodNode {
  readonly kind: "method";
  readonly line: number;
  readonly object: Expression;
  readonly name: string;
  readonly args: Expression[];
}

export interface LocalNode {
  readonly kind: "local";
  readonly line: number;
  readonly variable: Variable;
}

export interface GlobalNode {
  readonly kind: "global";
  readonly line: number;
  readonly name: string;
}

export interface IndexNode {
  readonly kind: "index";
  readonly line: number;
  readonly object: Expression;
  readonly key: Expression;
}

export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%" | "^";
export type ComparisonOperator = "==" | "~=" | "<" | "<=" | ">" | ">=";
export type BinaryOperator =
  | ArithmeticOperator
  | ComparisonOperator
  | ".."
  | "and"
  | "or";

export interface BinaryNode {
  readonly kind: "binary";
  readonly line: number;
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface UnaryNode {
  readonly kind: "unary";
  readonly line: number;
  readonly operator: "-" | "not" | "#";
  readonly operand: Expression;
}

export type Expression =
  | { readonly kind: "nil" | "true" | "false"; readonly line: number }
  | { readonly kind: "vararg"; readonly line: number }
  | { readonly kind: "number"; readonly line: number; readonly value: number }
  | { readonly kind: "string"; readonly line: number; readonly value: string }
  /** A numeral with a suffix: a place in the chunk's list of them. */
  | { readonly kind: "numeral"; readonly line: number; readonly index: number }
  | {
    readonly kind: "paren";
    readonly line: number;
    readonly inner: Expression;
  }
  | FunctionNode
  | TableNode
  | CallNode
  | MethodNode
  | LocalNode
  | GlobalNode
  | IndexNode
  | BinaryNode
  | UnaryNode;

export type Target = LocalNode | GlobalNode | IndexNode;

/** A place that a goto can jump to; `break` jumps to no label. */
export interface Label {
  readonly name: string;
  readonly js: string;
  /** A goto in front of the label uses it. */
  forward: boolean;
  /** A goto behind the label uses it. */
  backward: boolean;
}

export type Statement =
  & { readonly line: number }
  & (
    | {
      readonly kind: "localStatement";
      readonly variables: Variable[];
      readonly values: Expression[];
    }
    | {
      readonly kind: "localFunction";
      readonly variable: Variable;
      readonly fn: FunctionNode;
    }
    | {
      readonly kind: "assign";
      readonly targets: Target[];
      readonly values: Expression[];
    }
    | { readonly kind: "callStatement"; readonly call: CallNode | MethodNode }
    | { readonly kind: "do"; readonly body: Block }
    | { readonly kind: "return"; readonly values: Expression[] }
    | {
      readonly kind: "if";
      readonly clauses: {
        readonly condition: Expression;
        readonly body: Block;
      }[];
      readonly otherwise: Block | undefined;
    }
    | {
      readonly kind: "while" | "repeat";
      readonly condition: Expression;
      readonly body: Block;
    }
    | {
      readonly kind: "numericFor";
      readonly variable: Variable;
      readonly start: Expression;
      readonly limit: Expression;
      readonly step: Expression | undefined;
      readonly body: Block;
    }
    | {
      readonly kind: "genericFor";
      readonly variables: Variable[];
      readonly values: Expression[];
      readonly body: Block;
    }
    | { readonly kind: "break" }
    | { readonly kind: "goto"; readonly label: Label }
    | { readonly kind: "label"; readonly label: Label }
  );
