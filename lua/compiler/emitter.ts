/**
 * The part of the emitter that all constructs share: the text, the temporaries,
 * the sites, and the two ways of laying out control flow.
 *
 * Every operation that may call Lua code is a *site*. It stands on a JavaScript
 * line of its own, which is how errors and tracebacks find the Lua line; when
 * its value is `null`, the callee has suspended, and the function leaves a
 * frame record `[prototype, site, function, caller, ...variables]` and returns `null`
 * itself. The resumable version of a function is emitted by the same code with
 * `resumable` set: control structures that contain sites become jumps inside
 * one `switch`, so that execution can start again behind any site.
 *
 * The invariant: both versions number the same sites in the same order.
 */
import type {
  Block,
  CallNode,
  Expression,
  FunctionNode,
  Label,
  MethodNode,
  Statement,
  TableNode,
  Variable,
} from "./ast.ts";
import type { CountedChunk } from "./line_counts.ts";
import { VARIABLES } from "./records.ts";

/** More live variables than this are saved by one shared piece of code. */
const MAX_INLINE_RECORD = 40;

/** What a site saves, in order, after the fixed fields of a record. */
export interface SavedVariable {
  readonly js: string;
  /** The name that `debug.getlocal` shows; temporaries have none. */
  readonly name: string | undefined;
  /** It is a variable, not a literal. */
  readonly isPlace: boolean;
}

/** How the record of a site is laid out. */
export interface Layout {
  /** The variables in the record, after its fixed fields. */
  readonly saved: readonly string[];
  /** The temporaries in the array behind them, if the site shares its code. */
  readonly shared: readonly string[] | undefined;
  /** The Lua variables in scope, outermost first. */
  readonly scope: readonly SavedVariable[];
}

/** What the emitter knows about the functions of one chunk. */
export interface ChunkContext {
  readonly functions: readonly FunctionNode[];
  /** Index of a field accessor, `k0`, `k1`, … in the emitted code. */
  field(name: string): string;
  /** Index of a table constructor for a list of field names. */
  shape(names: readonly string[]): string;
  /** Where lines are counted, if they are. */
  readonly counts: CountedChunk | undefined;
  /** Puts each statement on a JavaScript line of its own (source_map.ts). */
  readonly mapped: boolean;
  /** Keeps every captured variable in a box and infers nothing. */
  readonly debuggable: boolean;
  /** Compares with nil and constants as cdata want it. */
  readonly cdata: boolean;
}

/** What a site does. */
export const enum SiteKind {
  Other,
  Call,
  /** A call whose results behind the first are dropped. */
  CallForOne,
  Tail,
}

/** What emitting the fast version found out; the resumable one needs it. */
export interface FunctionFacts {
  /** The Lua line of each site. */
  readonly siteLines: number[];
  /** How each site names its operand: `local 'x'`; two names share a `\n`. */
  readonly siteNames: (string | undefined)[];
  readonly siteKinds: SiteKind[];
  /** Statements and labels whose code contains sites. */
  readonly withSites: Set<object>;
  siteCount: number;
  /** Weight of a frame on the JavaScript stack; 0 when nothing is called. */
  weight: number;
  /** Whether the fast version contains calls. */
  calls: boolean;
}

/** Stands for the weight of a frame until the function's size is known. */
export const DEPTH = "\u0001";
/** Stands for clearing the results, which only functions with calls do. */
export const CLEAR = "\u0002";

/** Where `break` goes, and how. */
interface Loop {
  /** Statement that leaves the loop. */
  readonly leave: string;
}

/** The constructs that contain each other, by name (emit_chunk.ts). */
export interface Visitors {
  call(
    emitter: Emitter,
    call: CallNode | MethodNode,
    wanted: "one",
    target?: string,
  ): string;
  table(emitter: Emitter, node: TableNode, target: string | undefined): string;
  block(emitter: Emitter, block: Block): void;
  statements(emitter: Emitter, block: Block, from: number): void;
}

/** Emits one version of one function. */
export class Emitter {
  /** Pieces of code; a piece that starts a site begins with a newline. */
  out: string[] = [];
  /** The site of each JavaScript line after the first. */
  readonly lineSites: number[] = [];
  /** The Lua lines of those on which a statement begins, if it is {@link ChunkContext.mapped}. */
  readonly lineMarks: number[] = [];
  /** What the record of each site holds. */
  readonly layouts: Layout[] = [];
  readonly passedLabels = new Set<Label>();
  readonly locals: string[] = [];
  readonly loops: Loop[] = [];
  /** Functions whose closures this one makes. */
  readonly children: FunctionNode[] = [];
  /** Labels that gotos reach with a structured jump, and how. */
  readonly labelJumps = new Map<Label, { forward: string; backward: string }>();
  usesShared = false;
  usesBudget = false;
  /** Some sites fill in the record that the function was resumed with. */
  refills = false;
  #loopDepth = 0;
  site = 0;
  #scope: SavedVariable[] = [];
  #top = 0;
  #maxTop = 0;
  #reserved: boolean[] = [];
  #nextLabel: number;
  #hidden = 0;
  #countedLine = 0;

  constructor(
    readonly visit: Visitors,
    readonly chunk: ChunkContext,
    readonly fn: FunctionNode,
    readonly facts: FunctionFacts,
    readonly resumable: boolean,
    readonly hooked = false,
  ) {
    this.#nextLabel = facts.siteCount + 1;
  }

  // Text

  /** Appends code. */
  write(code: string): void {
    if (code !== "") this.out.push(code);
  }

  /** Runs `emit` and returns what it wrote instead of keeping it. */
  capture(emit: () => void): string {
    const mark = this.out.length;
    emit();
    return this.out.splice(mark).join("");
  }

  // Variables

  /** Whether `variable` lives in a box, because functions share its changes. */
  isBoxed(variable: Variable): boolean {
    return variable.captured &&
      (variable.assigned || this.chunk.debuggable);
  }

  /** Whether `variable` is the function itself, known by its own name. */
  isSelf(variable: Variable): boolean {
    return variable === this.fn.self && !this.isBoxed(variable);
  }

  /** The expression that reads `variable`. */
  read(variable: Variable): string {
    if (this.isSelf(variable)) return this.selfName;
    return this.isBoxed(variable) ? `${variable.js}.v` : variable.js;
  }

  /** What a closure gets to share `variable`: its box or its value. */
  share(variable: Variable): string {
    return this.isSelf(variable) ? this.selfName : variable.js;
  }

  /** The name of the JavaScript function being emitted. */
  get selfName(): string {
    return `F${this.fn.id}`;
  }

  /** Upvalues that the closure's maker passes in. */
  static upvalues(chunk: ChunkContext, fn: FunctionNode): Variable[] {
    return fn.upvalues.filter((variable) =>
      variable !== fn.self ||
      (variable.captured && (variable.assigned || chunk.debuggable))
    );
  }

  /** Declares a Lua variable and stores its first value. */
  declare(variable: Variable, value: string): void {
    this.locals.push(variable.js);
    this.write(
      this.isBoxed(variable)
        ? `${variable.js}=new Box(${value});`
        : `${variable.js}=${value};`,
    );
  }

  /** Brings a variable into scope: sites save it from now on. */
  enter(js: string, name: string | undefined): void {
    // A constant bound of a loop is in scope but needs no place.
    const isPlace = /^[A-Za-z_$]/.test(js);
    this.#scope.push({ js, name, isPlace });
  }

  /** Remembers the scope; {@link leaveTo} returns to it. */
  scopeMark(): number {
    return this.#scope.length;
  }

  leaveTo(mark: number): void {
    this.#scope.length = mark;
  }

  /** A hidden variable of the function, such as the limit of a loop. */
  hidden(prefix: string): string {
    const js = `${prefix}_${this.#hidden++}`;
    this.locals.push(js);
    return js;
  }

  // Temporaries, used as a stack

  /** A temporary that is about to get its value. */
  temporary(): string {
    const number = ++this.#top;
    if (number > this.#maxTop) this.#maxTop = number;
    this.#reserved[number] = false;
    return `s${number}`;
  }

  /** A temporary that gets its value only after its operands' code. */
  reserve(): string {
    const js = this.temporary();
    this.#reserved[this.#top] = true;
    return js;
  }

  /** The reserved temporary `js` has its value now. */
  settle(js: string): void {
    if (/^s\d+$/.test(js)) this.#reserved[Number(js.slice(1))] = false;
  }

  temporaryMark(): number {
    return this.#top;
  }

  releaseTo(mark: number): void {
    this.#top = mark;
  }

  /** Every temporary that the function uses. */
  temporaries(): string[] {
    return Array.from({ length: this.#maxTop }, (_, i) => `s${i + 1}`);
  }

  /** Copies `code` to a temporary. */
  spill(code: string): string {
    const js = this.temporary();
    this.write(`${js}=${code};`);
    return js;
  }

  // Sites

  /** Starts a JavaScript line for an operation that can fail at `line`. */
  beginSite(line: number, name?: string, kind = SiteKind.Other): number {
    const site = ++this.site;
    this.write("\n");
    this.lineSites.push(site);
    if (!this.resumable) {
      this.facts.siteLines[site] = line;
      this.facts.siteNames[site] = name;
      this.facts.siteKinds[site] = kind;
      this.facts.siteCount = site;
    }
    return site;
  }

  /**
   * Emits a site: `test(v)` is a condition that stores the result in `v` and
   * is true when that is `null`. The result ends up in `target`.
   */
  operation(
    line: number,
    name: string | undefined,
    target: string | undefined,
    test: (v: string) => string,
    kind = SiteKind.Other,
    before = "",
  ): void {
    const site = this.beginSite(line, name, kind);
    this.write(before);
    if (this.resumable) {
      this.write(`if(${test("r")})${this.#leave(site)}case ${site}:`);
      if (target !== undefined) this.write(`${target}=r;`);
    } else {
      this.write(`if(${test(target ?? "r")})${this.#leave(site)}`);
    }
    if (target !== undefined) this.settle(target);
  }

  /** A statement begins: a place for breakpoints, and counted once a line. */
  beginLine(line: number): void {
    const { counts, mapped } = this.chunk;
    if (mapped) {
      this.write("\n");
      this.lineMarks[this.lineSites.push(this.site) - 1] = line;
    }
    if (counts === undefined || line === this.#countedLine) return;
    this.#countedLine = line;
    this.write(counts.line(line));
  }

  /** Emits the check at a loop's head that lets the host interrupt it. */
  interruptSite(line: number): void {
    const site = this.beginSite(line);
    this.usesBudget = true;
    this.write(`if(--h<0&&(h=T())<0)${this.#leave(site)}`);
  }

  /** The statement that saves what is live and returns. */
  #leave(site: number): string {
    const temporaries: string[] = [];
    for (let i = 1; i <= this.#top; i++) {
      if (!this.#reserved[i]) temporaries.push(`s${i}`);
    }
    const saved = this.#saved();
    const isShared = saved.length + temporaries.length > MAX_INLINE_RECORD;
    // Only the resumable version needs to know; this is the emitter's hot path.
    if (this.resumable) {
      this.layouts[site] = {
        saved: isShared ? [] : [...saved, ...temporaries],
        shared: isShared ? temporaries : undefined,
        scope: this.#scope.slice(),
      };
    }
    if (isShared) {
      this.usesShared = true;
      return `{t=[${temporaries.join(",")}];pc=${site};break B}`;
    }
    let list = `P${this.fn.id},${site},${this.selfName},undefined`;
    for (const js of saved) list += "," + js;
    for (const js of temporaries) list += "," + js;
    const make = `return R.S([${list}]);`;
    // The hooked version is also called by functions that are suspending.
    return this.resumable && !this.hooked && this.#loopDepth > 0
      ? this.#refill(site, [...saved, ...temporaries], make)
      : make;
  }

  /**
   * Fills in the record that the function was resumed with again, if that is
   * long enough: what waits in a loop makes no records, and the frames around
   * stay untouched. The record still has the environment.
   */
  #refill(site: number, saved: readonly string[], make: string): string {
    this.refills = true;
    let code = `{if(fr.length>=${VARIABLES + saved.length}){fr[1]=${site};`;
    for (let i = this.environment().length; i < saved.length; i++) {
      code += `fr[${VARIABLES + i}]=${saved[i]};`;
    }
    return `${code}return R.A(fr);}${make}}`;
  }

  /** Emits a loop; sites know that they are inside one. */
  loop(emit: () => void): void {
    this.#loopDepth++;
    emit();
    this.#loopDepth--;
  }

  /** What a function has besides its own locals. */
  environment(): readonly string[] {
    if (this.#environment === undefined) {
      const list = this.fn.usesGlobals ? ["E"] : [];
      for (const variable of Emitter.upvalues(this.chunk, this.fn)) {
        list.push(variable.js);
      }
      if (this.fn.vararg) list.push("va");
      this.#environment = list;
    }
    return this.#environment;
  }

  #environment: readonly string[] | undefined;

  #saved(): string[] {
    const saved = this.environment().slice();
    const { length } = saved;
    for (const { js, isPlace } of this.#scope) {
      if (isPlace && saved.indexOf(js, length) < 0) saved.push(js);
    }
    return saved;
  }

  /** The name of a loop in the emitted code. */
  loopLabel(): string {
    return `l${this.#hidden++}`;
  }

  /** Clears `X.r` before a single result, when calls may have left some. */
  clearResults(): string {
    return CLEAR;
  }

  // Control flow

  /** A new place to jump to, in the resumable version. */
  newLabel(): number {
    return this.#nextLabel++;
  }

  /** The jump to a place, in the resumable version. */
  jump(label: number): string {
    return `{pc=${label};continue L}`;
  }

  /**
   * Remembers whether `emit` writes sites for `node`, in the fast version, and
   * tells in the resumable one, before anything is written.
   */
  hasSites(node: object): boolean {
    return this.facts.withSites.has(node);
  }

  /** Runs `emit` and records whether it wrote sites. */
  track(node: object, emit: () => void): void {
    const before = this.site;
    emit();
    if (!this.resumable && this.site > before) this.facts.withSites.add(node);
  }

  /** `if (test) { then } else { otherwise }`, given as emitted text. */
  branch(
    test: string,
    then: string,
    otherwise: string,
    withSites: boolean,
  ): void {
    if (!this.resumable || !withSites) {
      this.write(`if(${test}){${then}}`);
      if (otherwise !== "") this.write(`else{${otherwise}}`);
      return;
    }
    const past = this.newLabel();
    if (otherwise === "") {
      this.write(`if(!(${test}))${this.jump(past)}${then}case ${past}:`);
      return;
    }
    const other = this.newLabel();
    this.write(
      `if(!(${test}))${this.jump(other)}${then}${this.jump(past)}` +
        `case ${other}:${otherwise}case ${past}:`,
    );
  }

  /** Tells the hook of the call, on a line that says which function it is. */
  hookEntry(): void {
    this.write('\nX.hookCall("call");');
    this.lineSites.push(0);
  }

  /** Emits the function's body. */
  body(): void {
    for (const { js, name } of this.fn.parameters) this.enter(js, name);
    if (this.resumable) {
      this.layouts[0] = {
        saved: this.#saved(),
        shared: undefined,
        scope: this.#scope.slice(),
      };
    }
    this.visit.block(this, this.fn.body);
  }
}

/** How messages name an expression: `local 'x'`, `field 'y'`, or not at all. */
export function describe(
  emitter: Emitter,
  expression: Expression,
): string | undefined {
  switch (expression.kind) {
    case "local":
      return expression.variable.owner === emitter.fn
        ? `local '${expression.variable.name}'`
        : `upvalue '${expression.variable.name}'`;
    case "global":
      return `global '${expression.name}'`;
    case "index":
      return expression.key.kind === "string"
        ? `field '${expression.key.value}'`
        : undefined;
    case "paren":
      return describe(emitter, expression.inner);
    case "binary":
      // LuaJIT finds what `and` and `or` put there last.
      if (expression.operator === "and" || expression.operator === "or") {
        return describe(emitter, expression.right);
      }
  }
  return undefined;
}

/** Whether a statement always leaves its block. */
export function leaves(statement: Statement | undefined): boolean {
  return statement?.kind === "return" || statement?.kind === "break" ||
    statement?.kind === "goto";
}
