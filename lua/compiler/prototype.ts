/**
 * Prototypes, which all closures of one Lua function share, and the way back
 * from a line of emitted code to the prototype and site it belongs to.
 */
import type { LuaFunction, LuaValue } from "../value.ts";
import type { FunctionNode } from "./ast.ts";
import type { ChunkEmitter, EmittedCode } from "./emit_chunk.ts";
import type { FunctionFacts, Layout, SiteKind } from "./emitter.ts";
import { type Record, type Resumer } from "./records.ts";

/** Lines that `new Function` puts in front of the body, and the preamble. */
export const HEADER_LINES = 3;
/** What prototypes need of their chunk. */
export interface CompiledChunk {
  readonly source: string;
  readonly chunkName: string;
  readonly shortName: string;
  readonly emitter: ChunkEmitter;
  readonly prototypes: readonly Prototype[];
  /** Where the lines of the fast versions come from, see {@link EmittedCode}. */
  readonly lines: readonly number[];
  evaluate(emitted: EmittedCode): unknown;
}

/** A piece of emitted code. */
export class Script {
  constructor(
    readonly chunk: CompiledChunk,
    readonly lines: readonly number[],
    readonly marks: readonly number[],
  ) {}

  /** The function and site of a line, counted from 1. */
  lookUp(line: number): Site | undefined {
    return siteOf(this.chunk, this.lines[line - HEADER_LINES - 1]);
  }
}

/** A function and a site in it. */
interface Site {
  readonly prototype: Prototype;
  readonly site: number;
}

function siteOf(
  { prototypes }: CompiledChunk,
  entry: number | undefined,
): Site | undefined {
  if (entry === undefined) return undefined;
  const site = entry % 2 ** 20;
  return { prototype: prototypes[(entry - site) / 2 ** 20]!, site };
}

/** A script with the kept code of several chunks (../code_store.ts). */
class SharedScript {
  readonly #parts: { line: number; chunk: CompiledChunk }[] = [];

  add(line: number, chunk: CompiledChunk): void {
    const after = this.#parts.findIndex((part) => part.line > line);
    this.#parts.splice(after < 0 ? this.#parts.length : after, 0, {
      line,
      chunk,
    });
  }

  lookUp(line: number): Site | undefined {
    const part = this.#parts.findLast((part) => part.line <= line);
    return part &&
      siteOf(part.chunk, part.chunk.lines[line - part.line - 1]);
  }
}

const sharedScripts = new Map<string, SharedScript>();

/** Notes that the kept code of a chunk begins on a line of a script. */
export function registerKept(
  url: string,
  line: number,
  chunk: CompiledChunk,
): void {
  let script = sharedScripts.get(url);
  if (script === undefined) sharedScripts.set(url, script = new SharedScript());
  script.add(line, chunk);
}

const scripts = new Map<string, WeakRef<Script>>();
const forgotten = new FinalizationRegistry((url: string) =>
  scripts.delete(url)
);
let nextScript = 0;

/** Names a script, so that {@link scriptOf} finds it while it is in use. */
export function registerScript(script: Script): string {
  const url = `luachunk:${nextScript++}/` +
    script.chunk.shortName.replace(/[^!-~]/g, "_");
  scripts.set(url, new WeakRef(script));
  forgotten.register(script, url);
  return url;
}

/** The script with the name that V8 reports. */
export function scriptOf(url: string): Script | SharedScript | undefined {
  return scripts.get(url)?.deref() ?? sharedScripts.get(url);
}

type ResumeFunction = (record: Record, value: LuaValue) => LuaValue | null;

/** What all closures of one Lua function have in common. */
export class Prototype implements Resumer {
  /** Makes a closure from the environment and the upvalues. */
  make!: (...shared: unknown[]) => LuaFunction;
  /** How records are laid out, known with the resumable version. */
  layouts: readonly Layout[] | undefined;
  /** What its sites do, known with the resumable version. */
  siteKinds: readonly SiteKind[] | undefined;
  /** The variables of records that share their code. */
  sharedNames: readonly string[] | undefined;
  /** The resumable version, called without a detour; at first, what emits it. */
  resume: ResumeFunction = resumeFirst;
  #hooked: ResumeFunction | undefined;

  constructor(
    readonly chunk: CompiledChunk,
    readonly id: number,
  ) {}

  get fn(): FunctionNode {
    return this.chunk.emitter.functions[this.id]!;
  }

  get facts(): FunctionFacts {
    return this.chunk.emitter.facts[this.id]!;
  }

  /** Goes on while a debug hook is set. */
  resumeHooked(record: Record, value: LuaValue): LuaValue | null {
    if (this.#hooked === undefined) {
      const emitted = this.chunk.emitter.emitResumable(this.fn, true);
      this.#hooked = this.chunk.evaluate(emitted) as ResumeFunction;
    }
    return this.#hooked(record, value);
  }

  /** Emits the resumable version, if that has not happened yet. */
  prepare(): void {
    if (this.layouts !== undefined) return;
    const emitted = this.chunk.emitter.emitResumable(this.fn);
    this.layouts = emitted.layouts;
    this.siteKinds = this.facts.siteKinds;
    this.sharedNames = emitted.sharedNames;
    this.resume = this.chunk.evaluate(emitted) as ResumeFunction;
  }
}

function resumeFirst(record: Record, value: LuaValue): LuaValue | null {
  const prototype = record[0] as Prototype;
  prototype.prepare();
  return prototype.resume(record, value);
}
