/**
 * Which variable a name means, and which label a goto means, while the parser
 * walks through a function. Marks captured and assigned variables on the way,
 * so that the emitter can keep the others in plain JavaScript variables.
 */
import type { FunctionNode, Label, Statement, Variable } from "./ast.ts";
import type { Lexer } from "./lexer.ts";
import { syntax } from "./messages.ts";

const MAX_LOCALS = 200;
const MAX_UPVALUES = 60;

interface PendingGoto {
  readonly name: string;
  readonly line: number;
  readonly statement: { label: Label | undefined };
  /** How many variables were active at the goto. */
  active: number;
}

interface BlockScope {
  readonly parent: BlockScope | undefined;
  readonly firstVariable: number;
  readonly isLoop: boolean;
  readonly labels: Map<string, { label: Label; active: number }>;
  gotos: PendingGoto[];
}

/** The scopes of one function that is being parsed. */
export class FunctionScope {
  /** The variables in scope, outermost first. */
  readonly active: Variable[] = [];
  readonly #lexer: Lexer;
  readonly #names: { count: number };
  #block: BlockScope | undefined;
  /** Variables that are made but not yet in scope. */
  #declared = 0;

  constructor(
    lexer: Lexer,
    readonly fn: FunctionNode,
    readonly parent: FunctionScope | undefined,
  ) {
    this.#lexer = lexer;
    this.#names = parent === undefined ? { count: 0 } : parent.#names;
  }

  /** A JavaScript name that reads like `name` and is unique in the chunk. */
  #jsName(name: string): string {
    const number = (this.#names.count++).toString(36);
    return `${name.replace(/[^A-Za-z0-9_]/g, "_")}$${number}`;
  }

  /** Makes a variable, within LuaJIT's limit; {@link activate} puts it in scope. */
  variable(name: string): Variable {
    this.#declared++;
    if (this.active.length + this.#declared > MAX_LOCALS) {
      this.#limit(MAX_LOCALS, "local variables");
    }
    return {
      name,
      js: this.#jsName(name),
      owner: this.fn,
      captured: false,
      assigned: false,
      numeric: false,
      constant: undefined,
      object: false,
    };
  }

  /** Puts variables in scope. */
  activate(variables: readonly Variable[]): void {
    for (const variable of variables) this.active.push(variable);
    this.#declared -= variables.length;
  }

  /** Opens a block; a loop catches `break`. */
  open(isLoop: boolean): void {
    this.#block = {
      parent: this.#block,
      firstVariable: this.active.length,
      isLoop,
      labels: new Map(),
      gotos: [],
    };
  }

  /** Closes the innermost block; its open gotos go to the one around it. */
  close(): void {
    const block = this.#block!;
    this.active.length = block.firstVariable;
    this.#block = block.parent;
    for (const pending of block.gotos) {
      pending.active = Math.min(pending.active, block.firstVariable);
      const parent = block.parent;
      if (parent === undefined) {
        this.#lexer.failNear(
          syntax.undefinedLabel(pending.name),
          undefined,
          pending.line,
        );
      }
      const found = parent.labels.get(pending.name);
      if (found !== undefined) {
        found.label.backward = true;
        pending.statement.label = found.label;
      } else {
        parent.gotos.push(pending);
      }
    }
  }

  /** Whether a `break` here is inside a loop. */
  get inLoop(): boolean {
    for (let block = this.#block; block; block = block.parent) {
      if (block.isLoop) return true;
    }
    return false;
  }

  /** Records a goto; a label in front of it in this block is its target. */
  goto(name: string, line: number): Statement {
    const statement = { kind: "goto", line, label: undefined } as unknown as
      & Extract<Statement, { kind: "goto" }>
      & { label: Label | undefined };
    const found = this.#block!.labels.get(name);
    if (found !== undefined) {
      found.label.backward = true;
      statement.label = found.label;
    } else {
      this.#block!.gotos.push({
        name,
        line,
        statement,
        active: this.active.length,
      });
    }
    return statement as Statement;
  }

  /**
   * Declares a label and settles the gotos that wait for it.
   *
   * @param atEnd Nothing but labels follows in the block, so that no local's
   * scope reaches the label.
   */
  label(name: string, line: number, atEnd: boolean): Statement {
    const block = this.#block!;
    if (block.labels.has(name)) {
      this.#lexer.failNear(syntax.duplicateLabel(name));
    }
    const label: Label = {
      name,
      js: this.#jsName(name),
      forward: false,
      backward: false,
    };
    const active = atEnd ? block.firstVariable : this.active.length;
    block.labels.set(name, { label, active });
    block.gotos = block.gotos.filter((pending) => {
      if (pending.name !== name) return true;
      if (pending.active < active) {
        this.#lexer.failNear(
          syntax.jumpsIntoScope(name, this.active[pending.active]!.name),
          undefined,
          pending.line,
        );
      }
      label.forward = true;
      pending.statement.label = label;
      return false;
    });
    return { kind: "label", line, label };
  }

  /** The variable that `name` means, or `undefined` for a global. */
  resolve(name: string): Variable | undefined {
    for (let i = this.active.length - 1; i >= 0; i--) {
      if (this.active[i]!.name === name) return this.active[i];
    }
    const variable = this.parent?.resolve(name);
    if (variable !== undefined) {
      variable.captured = true;
      if (!this.fn.upvalues.includes(variable)) {
        this.fn.upvalues.push(variable);
        if (this.fn.upvalues.length > MAX_UPVALUES) {
          this.#limit(MAX_UPVALUES, "upvalues");
        }
      }
    }
    return variable;
  }

  #limit(limit: number, what: string): never {
    this.#lexer.failNear(
      this.fn.parent === undefined
        ? syntax.mainLimit(limit, what)
        : syntax.functionLimit(this.fn.line, limit, what),
    );
  }
}
