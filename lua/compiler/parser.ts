/**
 * Lua 5.1 and LuaJIT's extensions, tokens to syntax tree, by recursive
 * descent. Raises LuaJIT's syntax errors, in the order in which LuaJIT finds
 * them. Longer than most files because a grammar is one thing.
 */
import type {
  BinaryOperator,
  Block,
  Expression,
  FunctionNode,
  Statement,
  TableItem,
  TableNode,
  Target,
  Variable,
} from "./ast.ts";
import { Lexer } from "./lexer.ts";
import { syntax } from "./messages.ts";
import { noteAssignment, noteCall, noteHolder } from "./objects.ts";
import { FunctionScope } from "./scopes.ts";

const MAX_LEVELS = 200;

/** Left and right binding powers. */
const PRIORITY: Record<BinaryOperator, readonly [number, number]> = {
  "+": [6, 6],
  "-": [6, 6],
  "*": [7, 7],
  "/": [7, 7],
  "%": [7, 7],
  "^": [10, 9],
  "..": [5, 4],
  "~=": [3, 3],
  "==": [3, 3],
  "<": [3, 3],
  "<=": [3, 3],
  ">": [3, 3],
  ">=": [3, 3],
  and: [2, 2],
  or: [1, 1],
};
const UNARY_PRIORITY = 8;

/** A parsed chunk. */
export interface ParsedChunk {
  readonly main: FunctionNode;
  /** Every function of the chunk by its id. */
  readonly functions: readonly FunctionNode[];
  /** The numerals with a suffix, `1LL`. */
  readonly numerals: readonly {
    readonly text: string;
    readonly line: number;
  }[];
}

/**
 * Parses a chunk.
 *
 * @throws {LuaError} A syntax error in LuaJIT's words.
 */
export function parse(source: string, chunkName: string): ParsedChunk {
  return new Parser(new Lexer(source, chunkName)).chunk();
}

class Parser {
  readonly #functions: FunctionNode[] = [];
  readonly #numerals: { text: string; line: number }[] = [];
  #scope!: FunctionScope;
  #levels = 0;

  constructor(readonly lexer: Lexer) {}

  chunk(): ParsedChunk {
    const main = this.#newFunction(0);
    main.vararg = true;
    this.#scope = new FunctionScope(this.lexer, main, undefined);
    main.body = this.#block(false);
    main.endLine = this.lexer.line;
    if (this.lexer.kind !== "<eof>") this.#expected("<eof>");
    return {
      main,
      functions: this.#functions,
      numerals: this.#numerals,
    };
  }

  #newFunction(line: number): FunctionNode {
    const fn: FunctionNode = {
      kind: "function",
      id: this.#functions.length,
      parent: this.#scope?.fn,
      line,
      endLine: line,
      parameters: [],
      vararg: false,
      upvalues: [],
      body: [],
      self: undefined,
      usesGlobals: false,
      givenTo: undefined,
    };
    this.#functions.push(fn);
    return fn;
  }

  // Tokens

  #accept(kind: string): boolean {
    if (this.lexer.kind !== kind) return false;
    this.lexer.next();
    return true;
  }

  #expected(kind: string): never {
    this.lexer.fail(syntax.expected(kind));
  }

  #expect(kind: string): void {
    if (this.lexer.kind !== kind) this.#expected(kind);
    this.lexer.next();
  }

  /** Expects the token that closes `open` at `line`. */
  #close(kind: string, open: string, line: number): void {
    if (this.#accept(kind)) return;
    if (line === this.lexer.line) this.#expected(kind);
    this.lexer.fail(syntax.closes(kind, open, line));
  }

  #isName(): boolean {
    return this.lexer.kind === "name" || this.lexer.kind === "goto";
  }

  #name(): string {
    if (!this.#isName()) this.lexer.fail(syntax.nameExpected);
    const name = this.lexer.text;
    this.lexer.next();
    return name;
  }

  #enter(): void {
    if (++this.#levels > MAX_LEVELS) {
      this.lexer.failNear(syntax.tooManyLevels);
    }
  }

  // Blocks and statements

  #block(isLoop: boolean, closeScope = true): Block {
    this.#scope.open(isLoop);
    const body = this.#statements();
    if (closeScope) this.#scope.close();
    return body;
  }

  #statements(): Block {
    this.#enter();
    const body: Block = [];
    while (!this.#endsBlock()) {
      if (this.lexer.kind === "::") {
        this.#labels(body);
        continue;
      }
      const statement = this.#statement();
      body.push(statement);
      this.#accept(";");
      if (statement.kind === "return" || statement.kind === "break") break;
    }
    this.#levels--;
    return body;
  }

  #endsBlock(): boolean {
    switch (this.lexer.kind) {
      case "<eof>":
      case "end":
      case "else":
      case "elseif":
      case "until":
        return true;
    }
    return false;
  }

  #statement(): Statement {
    const line = this.lexer.line;
    switch (this.lexer.kind) {
      case "if":
        return this.#if(line);
      case "while":
        return this.#while(line);
      case "do": {
        this.lexer.next();
        const body = this.#block(false);
        this.#close("end", "do", line);
        return { kind: "do", line, body };
      }
      case "for":
        return this.#for(line);
      case "repeat":
        return this.#repeat(line);
      case "function":
        return this.#functionStatement(line);
      case "local":
        this.lexer.next();
        return this.#accept("function")
          ? this.#localFunction(line)
          : this.#local(line);
      case "return":
        return this.#return(line);
      case "break":
        this.lexer.next();
        if (!this.#scope.inLoop) {
          this.lexer.failNear(syntax.noLoop, undefined, line);
        }
        return { kind: "break", line };
      case "goto":
        if (this.lexer.peek() === "name") {
          this.lexer.next();
          return this.#scope.goto(this.#name(), line);
        }
    }
    return this.#expressionStatement(line);
  }

  /** Labels in a row, which are one place. */
  #labels(body: Block): void {
    const line = this.lexer.line;
    const names: string[] = [];
    while (this.#accept("::")) {
      names.push(this.#name());
      this.#expect("::");
    }
    // A label at the end of its block is outside the scope of the block's
    // locals (Lua 5.2 manual §3.3.4, which LuaJIT follows).
    const atEnd = this.#endsBlock() && this.lexer.kind !== "until";
    for (const name of names) body.push(this.#scope.label(name, line, atEnd));
  }

  #if(line: number): Statement {
    const clauses: { condition: Expression; body: Block }[] = [];
    let otherwise: Block | undefined;
    do {
      this.lexer.next();
      const condition = this.#expression();
      this.#expect("then");
      clauses.push({ condition, body: this.#block(false) });
    } while (this.lexer.kind === "elseif");
    if (this.#accept("else")) otherwise = this.#block(false);
    this.#close("end", "if", line);
    return { kind: "if", line, clauses, otherwise };
  }

  #while(line: number): Statement {
    this.lexer.next();
    const condition = this.#expression();
    this.#expect("do");
    const body = this.#block(true);
    this.#close("end", "while", line);
    return { kind: "while", line, condition, body };
  }

  #repeat(line: number): Statement {
    this.lexer.next();
    // Two scopes: `break` leaves the outer one, the condition still sees the
    // locals of the inner one.
    this.#scope.open(true);
    const body = this.#block(false, false);
    this.#close("until", "repeat", line);
    const condition = this.#expression();
    this.#scope.close();
    this.#scope.close();
    return { kind: "repeat", line, condition, body };
  }

  #for(line: number): Statement {
    this.lexer.next();
    const name = this.#name();
    if (this.lexer.kind === "=") return this.#numericFor(name, line);
    if (this.lexer.kind === "," || this.lexer.kind === "in") {
      return this.#genericFor(name, line);
    }
    this.lexer.fail(syntax.expectedOr("=", "in"));
  }

  #numericFor(name: string, line: number): Statement {
    this.lexer.next();
    const start = this.#expression();
    this.#expect(",");
    const limit = this.#expression();
    const step = this.#accept(",") ? this.#expression() : undefined;
    this.#expect("do");
    const variable = this.#scope.variable(name);
    this.#scope.open(true);
    this.#scope.activate([variable]);
    const body = this.#block(false);
    this.#scope.close();
    this.#close("end", "for", line);
    return { kind: "numericFor", line, variable, start, limit, step, body };
  }

  #genericFor(name: string, line: number): Statement {
    const names = [name];
    while (this.#accept(",")) names.push(this.#name());
    this.#expect("in");
    const values = this.#expressions();
    this.#expect("do");
    const variables = names.map((each) => this.#scope.variable(each));
    this.#scope.open(true);
    this.#scope.activate(variables);
    const body = this.#block(false);
    this.#scope.close();
    this.#close("end", "for", line);
    return { kind: "genericFor", line, variables, values, body };
  }

  #functionStatement(line: number): Statement {
    this.lexer.next();
    let target: Target = this.#variable(this.#name());
    let method = false;
    while (this.lexer.kind === "." || this.lexer.kind === ":") {
      method = this.lexer.kind === ":";
      this.lexer.next();
      const keyLine = this.lexer.line;
      target = {
        kind: "index",
        line: keyLine,
        object: target,
        key: { kind: "string", line: keyLine, value: this.#name() },
      };
      if (method) break;
    }
    const fn = this.#function(method, line);
    if (target.kind === "local") target.variable.assigned = true;
    noteAssignment(target, fn);
    return { kind: "assign", line, targets: [target], values: [fn] };
  }

  #localFunction(line: number): Statement {
    const variable = this.#scope.variable(this.#name());
    this.#scope.activate([variable]);
    const fn = this.#function(false, line, variable);
    variable.constant = fn;
    return { kind: "localFunction", line, variable, fn };
  }

  #local(line: number): Statement {
    const variables: Variable[] = [];
    do variables.push(this.#scope.variable(this.#name())); while (
      this.#accept(",")
    );
    const values = this.#accept("=") ? this.#expressions() : [];
    this.#scope.activate(variables);
    variables.forEach((variable, i) => {
      const value = values[i];
      noteHolder(variable, value);
      if (value?.kind === "table" || value?.kind === "function") {
        variable.constant = value;
      }
    });
    return { kind: "localStatement", line, variables, values };
  }

  #return(line: number): Statement {
    this.lexer.next();
    const values = this.#endsBlock() || this.lexer.kind === ";"
      ? []
      : this.#expressions();
    return { kind: "return", line, values };
  }

  #expressionStatement(line: number): Statement {
    const first = this.#suffixed();
    if (first.kind === "call" || first.kind === "method") {
      return { kind: "callStatement", line, call: first };
    }
    const targets = [this.#target(first)];
    while (this.#accept(",")) targets.push(this.#target(this.#suffixed()));
    this.#expect("=");
    const values = this.#expressions();
    targets.forEach((target, i) => {
      if (target.kind === "local") target.variable.assigned = true;
      noteAssignment(target, values[i]);
    });
    return { kind: "assign", line, targets, values };
  }

  #target(expression: Expression): Target {
    switch (expression.kind) {
      case "local":
      case "global":
      case "index":
        return expression;
    }
    this.lexer.fail(syntax.syntaxError);
  }

  // Expressions

  #expressions(): Expression[] {
    const list = [this.#expression()];
    while (this.#accept(",")) list.push(this.#expression());
    return list;
  }

  #expression(limit = 0): Expression {
    this.#enter();
    let left = this.#unary();
    for (;;) {
      const operator = this.lexer.kind as BinaryOperator;
      const priority = PRIORITY[operator];
      if (priority === undefined || priority[0] <= limit) break;
      this.lexer.next();
      const right = this.#expression(priority[1]);
      left = {
        kind: "binary",
        line: this.lexer.lastLine,
        operator,
        left,
        right,
      };
    }
    this.#levels--;
    return left;
  }

  #unary(): Expression {
    const operator = this.lexer.kind;
    if (operator !== "-" && operator !== "not" && operator !== "#") {
      return this.#simple();
    }
    this.lexer.next();
    const operand = this.#expression(UNARY_PRIORITY);
    const line = this.lexer.lastLine;
    if (operator === "-" && operand.kind === "number") {
      return { kind: "number", line, value: -operand.value };
    }
    return { kind: "unary", line, operator, operand };
  }

  #simple(): Expression {
    const { kind, line } = this.lexer;
    switch (kind) {
      case "number": {
        const value = this.lexer.value;
        this.lexer.next();
        return { kind, line, value };
      }
      case "numeral": {
        const { text } = this.lexer;
        this.lexer.next();
        const index = this.#numerals.push({ text, line }) - 1;
        return { kind, line, index };
      }
      case "string": {
        const value = this.lexer.text;
        this.lexer.next();
        return { kind, line, value };
      }
      case "nil":
      case "true":
      case "false":
        this.lexer.next();
        return { kind, line };
      case "...":
        if (!this.#scope.fn.vararg) this.lexer.fail(syntax.noVararg);
        this.lexer.next();
        return { kind: "vararg", line };
      case "{":
        return this.#table();
      case "function":
        this.lexer.next();
        return this.#function(false, line);
    }
    return this.#suffixed();
  }

  /** A name or a parenthesis, and what is indexed or called after it. */
  #suffixed(): Expression {
    let expression = this.#primary();
    for (;;) {
      switch (this.lexer.kind) {
        case ".": {
          this.lexer.next();
          const line = this.lexer.line;
          const key: Expression = { kind: "string", line, value: this.#name() };
          expression = { kind: "index", line, object: expression, key };
          continue;
        }
        case "[": {
          this.lexer.next();
          const key = this.#expression();
          this.#expect("]");
          const line = this.lexer.lastLine;
          expression = { kind: "index", line, object: expression, key };
          continue;
        }
        case ":": {
          this.lexer.next();
          const name = this.#name();
          const line = this.lexer.line;
          const args = this.#arguments();
          expression = { kind: "method", line, object: expression, name, args };
          continue;
        }
        case "(":
        case "string":
        case "{": {
          const line = this.lexer.line;
          const args = this.#arguments();
          expression = { kind: "call", line, callee: expression, args };
          noteCall(expression);
          continue;
        }
      }
      return expression;
    }
  }

  #primary(): Expression {
    const line = this.lexer.line;
    if (this.#accept("(")) {
      const inner = this.#expression();
      this.#close(")", "(", line);
      return { kind: "paren", line, inner };
    }
    if (!this.#isName()) this.lexer.fail(syntax.unexpectedSymbol);
    return this.#variable(this.#name(), line);
  }

  #variable(name: string, line = this.lexer.lastLine): Target {
    const variable = this.#scope.resolve(name);
    if (variable !== undefined) return { kind: "local", line, variable };
    for (
      let fn: FunctionNode | undefined = this.#scope.fn;
      fn !== undefined && !fn.usesGlobals;
      fn = fn.parent
    ) fn.usesGlobals = true;
    return { kind: "global", line, name };
  }

  #arguments(): Expression[] {
    const line = this.lexer.line;
    switch (this.lexer.kind) {
      case "(": {
        if (line !== this.lexer.lastLine) {
          this.lexer.fail(syntax.ambiguousCall);
        }
        this.lexer.next();
        const list = (this.lexer.kind as string) === ")"
          ? []
          : this.#expressions();
        this.#close(")", "(", line);
        return list;
      }
      case "{":
        return [this.#table()];
      case "string":
        return [this.#simple()];
    }
    this.lexer.fail(syntax.argumentsExpected);
  }

  #table(): TableNode {
    const line = this.lexer.line;
    this.#expect("{");
    const items: TableItem[] = [];
    while (this.lexer.kind !== "}") {
      items.push(this.#tableItem());
      if (!this.#accept(",") && !this.#accept(";")) break;
    }
    this.#close("}", "{", line);
    return { kind: "table", line, items, object: false, holder: undefined };
  }

  #tableItem(): TableItem {
    if (this.lexer.kind === "[") {
      this.lexer.next();
      const key = this.#expression();
      this.#expect("]");
      this.#expect("=");
      return { key, value: this.#expression() };
    }
    if (this.#isName() && this.lexer.peek() === "=") {
      const line = this.lexer.line;
      const key: Expression = { kind: "string", line, value: this.#name() };
      this.lexer.next();
      return { key, value: this.#expression() };
    }
    return { key: undefined, value: this.#expression() };
  }

  /** Parameters and body; the word `function` has been read. */
  #function(method: boolean, line: number, self?: Variable): FunctionNode {
    const fn = this.#newFunction(line);
    fn.self = self;
    const scope = new FunctionScope(this.lexer, fn, this.#scope);
    this.#scope = scope;
    if (method) fn.parameters.push(scope.variable("self"));
    this.#expect("(");
    if (this.lexer.kind !== ")") {
      do {
        if (this.#isName()) {
          fn.parameters.push(scope.variable(this.#name()));
        } else if (this.#accept("...")) {
          fn.vararg = true;
          break;
        } else {
          this.lexer.fail(syntax.parameterExpected);
        }
      } while (this.#accept(","));
    }
    scope.open(false);
    scope.activate(fn.parameters);
    this.#expect(")");
    fn.body = this.#block(false);
    scope.close();
    fn.endLine = this.lexer.line;
    this.#close("end", "function", line);
    this.#scope = scope.parent!;
    return fn;
  }
}
