/**
 * Counts how often lines and functions of chunks run. A chunk that is compiled
 * while somebody counts has `V[line]++` in front of the first statement of
 * each line, in every version of its functions; other chunks pay nothing.
 *
 * One array a chunk: the counts of lines by their number, then those of the
 * functions by their ids.
 */
import type { Block, Expression, FunctionNode, Statement } from "./ast.ts";
import type { ChunkCounts, LineCounter } from "../coverage.ts";

/** The counts of one chunk. */
export class CountedChunk {
  /** What emitted code adds to; its places are those of {@link place}. */
  readonly counts: number[] = [];
  readonly #lines = new Set<number>();
  readonly #functions: readonly FunctionNode[];
  readonly #afterLines: number;

  constructor(
    readonly chunkName: string,
    functions: readonly FunctionNode[],
  ) {
    this.#functions = functions;
    this.#afterLines = Math.max(...functions.map((fn) => fn.endLine)) + 1;
    const places = this.#afterLines + functions.length;
    for (let i = 0; i < places; i++) this.counts.push(0);
  }

  /** The statement that counts a line. */
  line(line: number): string {
    this.#lines.add(line);
    return `V[${line}]++;`;
  }

  /** The statement that counts a call of a function. */
  entry(fn: FunctionNode): string {
    return `V[${this.#afterLines + fn.id}]++;`;
  }

  read(): ChunkCounts {
    const names = functionNames(this.#functions);
    return {
      chunkName: this.chunkName,
      lines: new Map(
        [...this.#lines].sort((a, b) => a - b)
          .map((line) => [line, this.counts[line]!]),
      ),
      functions: this.#functions.slice(1).map((fn) => ({
        name: names.get(fn) ?? "anonymous",
        line: fn.line,
        count: this.counts[this.#afterLines + fn.id]!,
      })),
    };
  }
}

/** One count that is going on. Several of them share a chunk's counts. */
class Counter implements LineCounter {
  readonly #chunks: CountedChunk[] = [];

  constructor(readonly wants: (chunkName: string) => boolean) {}

  add(chunk: CountedChunk): void {
    this.#chunks.push(chunk);
  }

  read(): ChunkCounts[] {
    return this.#chunks.map((chunk) => chunk.read());
  }

  stop(): void {
    if (counter === this) counter = undefined;
  }
}

let counter: Counter | undefined;

/** Counts the lines of the chunks that `wants` asks for, from now on. */
export function countLines(
  wants: (chunkName: string) => boolean,
): LineCounter {
  return counter = new Counter(wants);
}

/** Whether somebody counts the lines of a chunk. */
export function isCounted(chunkName: string): boolean {
  return counter?.wants(chunkName) ?? false;
}

/** The counts for a chunk that is about to be emitted, if anybody counts. */
export function countsFor(
  chunkName: string,
  functions: readonly FunctionNode[],
): CountedChunk | undefined {
  if (!isCounted(chunkName)) return undefined;
  const chunk = new CountedChunk(chunkName, functions);
  counter!.add(chunk);
  return chunk;
}

/** What the source calls its functions, where it says so in a statement. */
export function functionNames(
  functions: readonly FunctionNode[],
): Map<FunctionNode, string> {
  const names = new Map<FunctionNode, string>();
  const pair = (target: string | undefined, value: Expression | undefined) => {
    if (target !== undefined && value?.kind === "function") {
      names.set(value, target);
    }
  };
  for (const { body } of functions) {
    eachStatement(body, (statement) => {
      if (statement.kind === "localFunction") {
        names.set(statement.fn, statement.variable.name);
      } else if (statement.kind === "localStatement") {
        statement.variables.forEach(({ name }, i) =>
          pair(name, statement.values[i])
        );
      } else if (statement.kind === "assign") {
        statement.targets.forEach((target, i) =>
          pair(pathOf(target), statement.values[i])
        );
      }
    });
  }
  return names;
}

/** `a.b.c` of an expression that is a variable or its fields. */
function pathOf(expression: Expression): string | undefined {
  switch (expression.kind) {
    case "local":
      return expression.variable.name;
    case "global":
      return expression.name;
    case "index": {
      const object = pathOf(expression.object);
      return object === undefined || expression.key.kind !== "string"
        ? undefined
        : `${object}.${expression.key.value}`;
    }
    default:
      return undefined;
  }
}

/** Visits the statements of a block and of the blocks in it. */
function eachStatement(
  block: Block,
  visit: (statement: Statement) => void,
): void {
  for (const statement of block) {
    visit(statement);
    switch (statement.kind) {
      case "if":
        for (const { body } of statement.clauses) eachStatement(body, visit);
        if (statement.otherwise) eachStatement(statement.otherwise, visit);
        break;
      case "do":
      case "while":
      case "repeat":
      case "numericFor":
      case "genericFor":
        eachStatement(statement.body, visit);
    }
  }
}
