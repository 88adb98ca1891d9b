/**
 * Compiled chunks: the emitted code turned into functions, and the way back
 * from a line of emitted code to the Lua function and line.
 */
import type { LuaFunction, LuaValue } from "../value.ts";
import type { FunctionNode } from "./ast.ts";
import { ChunkEmitter } from "./emit_chunk.ts";
import type { FunctionFacts, Layout } from "./emitter.ts";
import { fieldOf } from "./fields.ts";
import { parse } from "./parser.ts";
import type { Record, Resumer } from "./registers.ts";
import { runtimeNames } from "./runtime.ts";
import { shortSource } from "./short_source.ts";
import { shapeOf, type Table } from "./table.ts";

/** Lines that `new Function` puts in front of the body, and the preamble. */
const HEADER_LINES = 3;
/** Chunks whose variables may be changed from outside keep them in boxes. */
const DEBUGGING = /\b(?:setlocal|setupvalue|upvaluejoin)\b/;

/** A piece of emitted code. */
class Script {
  constructor(
    readonly chunk: Chunk,
    readonly lines: readonly number[],
  ) {}

  /** The function and site of a line, counted from 1. */
  lookUp(line: number): { prototype: Prototype; site: number } | undefined {
    const entry = this.lines[line - HEADER_LINES - 1];
    if (entry === undefined) return undefined;
    const site = entry % 2 ** 20;
    return {
      prototype: this.chunk.prototypes[(entry - site) / 2 ** 20]!,
      site,
    };
  }
}

const scripts = new Map<string, WeakRef<Script>>();
const forgotten = new FinalizationRegistry((url: string) =>
  scripts.delete(url)
);
let nextScript = 0;

/** The script with the name that V8 reports. */
export function scriptOf(url: string): Script | undefined {
  return scripts.get(url)?.deref();
}

type ResumeFunction = (record: Record, value: LuaValue) => LuaValue | null;

/** What all closures of one Lua function have in common. */
export class Prototype implements Resumer {
  /** Makes a closure from the environment and the upvalues. */
  make!: (...shared: unknown[]) => LuaFunction;
  /** How records are laid out, known with the resumable version. */
  layouts: readonly Layout[] | undefined;
  #resume: ResumeFunction | undefined;

  constructor(
    readonly chunk: Chunk,
    readonly fn: FunctionNode,
    readonly facts: FunctionFacts,
  ) {}

  resume(record: Record, value: LuaValue): LuaValue | null {
    if (this.#resume === undefined) this.prepare();
    return this.#resume!(record, value);
  }

  /** Emits the resumable version, if that has not happened yet. */
  prepare(): void {
    if (this.#resume !== undefined) return;
    const { code, lines, layouts } = this.chunk.emitter.emitResumable(this.fn);
    this.layouts = layouts;
    this.#resume = this.chunk.evaluate(code, lines) as ResumeFunction;
  }
}

/** One compiled chunk. */
export class Chunk {
  readonly emitter: ChunkEmitter;
  readonly prototypes: Prototype[];
  readonly shortName: string;
  /** Keeps the scripts, and with them the line tables, alive. */
  readonly scripts: Script[] = [];

  /**
   * @throws {LuaError} A syntax error.
   */
  constructor(readonly source: string, readonly chunkName: string) {
    this.shortName = shortSource(chunkName);
    this.emitter = new ChunkEmitter(
      parse(source, chunkName),
      DEBUGGING.test(source),
    );
    this.prototypes = this.emitter.functions.map((fn, i) =>
      new Prototype(this, fn, this.emitter.facts[i]!)
    );
    const { code, lines } = this.emitter.emitFast();
    const makers = this.evaluate(code, lines) as Prototype["make"][];
    this.prototypes.forEach((prototype, i) => prototype.make = makers[i]!);
  }

  /** Runs emitted code. */
  evaluate(code: string, lines: readonly number[]): unknown {
    const url = `luachunk:${nextScript++}/${this.shortName}`
      .replace(/[\s\0-\x1f\x7f-\xff]/g, "_");
    const script = new Script(this, lines);
    this.scripts.push(script);
    scripts.set(url, new WeakRef(script));
    forgotten.register(script, url);
    return new Function("R", "K", "H", "Q", `${code}\n//# sourceURL=${url}`)(
      runtimeNames,
      this.emitter.fields.map(fieldOf),
      this.emitter.shapes.map(shapeOf),
      this.prototypes,
    );
  }

  /** The main function of the chunk with the globals `environment`. */
  instantiate(environment: Table): LuaFunction {
    return this.instantiateFunction(0, environment);
  }

  /** A closure of one function, its upvalues nil (string.dump). */
  instantiateFunction(id: number, environment: Table): LuaFunction {
    const { fn, make } = this.prototypes[id]!;
    const shared: unknown[] = fn.upvalues.map((variable) =>
      variable.captured && (variable.assigned || this.emitter.debuggable)
        ? { v: undefined }
        : undefined
    );
    if (fn.usesGlobals) shared.unshift(environment);
    return make(...shared);
  }
}
