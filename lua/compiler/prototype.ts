/**
 * Prototypes, which all closures of one Lua function share, and the way back
 * from a line of emitted code to the prototype and site it belongs to.
 */
import type { LuaFunction, LuaValue } from "../value.ts";
import type { FunctionNode } from "./ast.ts";
import type { ChunkEmitter, EmittedCode, ResumableCode } from "./emit_chunk.ts";
import type { FunctionFacts, SiteKind } from "./emitter.ts";
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
  evaluate(emitted: EmittedCode): unknown;
  /** Makes the resumable version of a function, which may have been kept. */
  makeResumable(prototype: Prototype): unknown;
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
  readonly #parts: KeptPart[] = [];

  add(part: KeptPart): void {
    const after = this.#parts.findIndex(({ line }) => line > part.line);
    this.#parts.splice(after < 0 ? this.#parts.length : after, 0, part);
  }

  lookUp(line: number): Site | undefined {
    const part = this.#parts.findLast((part) => part.line <= line);
    return part && siteOf(part.chunk, part.lines()[line - part.line - 1]);
  }
}

/** Kept code in a script. */
interface KeptPart {
  readonly chunk: CompiledChunk;
  /** The line on which it begins. */
  readonly line: number;
  /** Where its lines come from, see {@link EmittedCode}. */
  readonly lines: () => readonly number[];
}

const sharedScripts = new Map<string, SharedScript>();

/** Notes what of a script is whose kept code. */
export function registerKept(url: string, part: KeptPart): void {
  let script = sharedScripts.get(url);
  if (script === undefined) sharedScripts.set(url, script = new SharedScript());
  script.add(part);
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

/** What of a resumable version is looked at later. */
type RecordLayout = Pick<ResumableCode, "layouts" | "sharedNames" | "lines">;

type ResumeFunction = (record: Record, value: LuaValue) => LuaValue | null;

/** What all closures of one Lua function have in common. */
export class Prototype implements Resumer {
  /** Makes a closure from the environment and the upvalues. */
  make!: (...shared: unknown[]) => LuaFunction;
  /** What its sites do, known once the resumable version is emitted. */
  siteKinds: readonly SiteKind[] | undefined;
  /** The resumable version, called without a detour; at first, what emits it. */
  resume: ResumeFunction = resumeFirst;
  #hooked: ResumeFunction | undefined;
  #layout: RecordLayout | undefined;

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

  /** Emits the resumable version. */
  emitResumable(): ResumableCode {
    const emitted = this.chunk.emitter.emitResumable(this.fn);
    const { layouts, sharedNames, lines } = emitted;
    this.siteKinds = this.facts.siteKinds;
    this.#layout = { layouts, sharedNames, lines };
    return emitted;
  }

  /** How its records are laid out, and where its lines come from. */
  get layout(): RecordLayout {
    if (this.#layout === undefined) this.emitResumable();
    return this.#layout!;
  }
}

function resumeFirst(record: Record, value: LuaValue): LuaValue | null {
  const prototype = record[0] as Prototype;
  prototype.resume = prototype.chunk.makeResumable(prototype) as ResumeFunction;
  return prototype.resume(record, value);
}
