/**
 * Compiled chunks: the emitted code turned into functions, and the way back
 * from a line of emitted code to the Lua function and line.
 */
import { cdata } from "../cdata.ts";
import { codeStore, type KeptCode, type KeptFunction } from "../code_store.ts";
import type { LuaFunction, LuaValue } from "../value.ts";
import { ChunkEmitter, type EmittedCode } from "./emit_chunk.ts";
import { LuaError } from "../errors.ts";
import { fieldOf } from "./fields.ts";
import { keptText, PARAMETERS } from "./kept_text.ts";
import { countsFor, isCounted } from "./line_counts.ts";
import { syntax } from "./messages.ts";
import { parse } from "./parser.ts";
import {
  type CompiledChunk,
  Prototype,
  registerKept,
  registerScript,
  Script,
} from "./prototype.ts";
import { runtimeNames } from "./runtime.ts";
import { mapping, scriptsAreMapped } from "./source_map.ts";
import { shortSource } from "./short_source.ts";
import { shapeOf, type Table } from "./table.ts";

/** Chunks whose variables may be changed from outside keep them in boxes. */
const DEBUGGING = /\b(?:setlocal|setupvalue|upvaluejoin)\b/;

/** Chunks that may meet cdata compare them with nil and numbers. */
const CDATA = /\bffi\b|\d(?:[lL][lL]|[iI])\b/;

/** Makes the values of numerals such as `1LL`, if there are any. */
export type MakeNumeral = (text: string) => LuaValue;

/** One compiled chunk. */
export class Chunk implements CompiledChunk {
  readonly prototypes: readonly Prototype[];
  readonly shortName: string;
  /** Keeps the scripts, and with them the line tables, alive. */
  readonly scripts: Script[] = [];
  /** Of a chunk that was kept only known once something asks for it. */
  readonly #kept: KeptCode | undefined;
  #emitter: ChunkEmitter | undefined;
  #lines: readonly number[] | undefined;
  #counts: number[] | undefined;
  /** The values of numerals with a suffix. */
  #numerals: LuaValue[] = [];
  readonly #isKept: boolean;

  /**
   * @throws {LuaError} A syntax error.
   */
  constructor(
    readonly source: string,
    readonly chunkName: string,
    makeNumeral: MakeNumeral,
  ) {
    this.shortName = shortSource(chunkName);
    const isPlain = !scriptsAreMapped() && !isCounted(chunkName);
    const kept = isPlain && !cdata.seen
      ? codeStore.current?.find(chunkName, source)
      : undefined;
    this.#kept = kept;
    let makers: unknown;
    if (kept !== undefined) {
      this.#isKept = true;
      this.prototypes = this.#makePrototypes(kept.functions);
      makers = this.#runKept(kept, () => this.#fastLines());
    } else {
      cdata.seen ||= CDATA.test(source);
      const emitted = this.#compile(cdata.seen, makeNumeral);
      const { fields, shapes, functions } = this.emitter;
      this.prototypes = this.#makePrototypes(functions.length);
      makers = withinLimits(this.shortName, () => this.evaluate(emitted));
      this.#isKept = isPlain && !cdata.seen && this.#numerals.length === 0;
      if (this.#isKept) {
        codeStore.current?.add(chunkName, source, {
          fields,
          shapes,
          functions: functions.length,
          text: () => keptText(emitted.code),
        });
      }
    }
    const list = makers as Prototype["make"][];
    this.prototypes.forEach((prototype, i) => prototype.make = list[i]!);
  }

  get emitter(): ChunkEmitter {
    if (this.#emitter === undefined) this.#compile(false);
    return this.#emitter!;
  }

  #fastLines(): readonly number[] {
    if (this.#lines === undefined) this.#compile(false);
    return this.#lines!;
  }

  makeResumable(prototype: Prototype): unknown {
    const kept = this.#kept?.resumable[prototype.id];
    if (kept !== undefined) {
      return this.#runKept(kept, () => prototype.layout.lines);
    }
    const emitted = prototype.emitResumable();
    if (this.#isKept) {
      codeStore.current?.addResumable(
        this.chunkName,
        this.source,
        prototype.id,
        () => keptText(emitted.code),
      );
    }
    return this.evaluate(emitted);
  }

  #runKept({ run, line }: KeptFunction, lines: () => readonly number[]) {
    registerKept(this.#kept!.url, { chunk: this, line, lines });
    return this.#call(run, this.#kept!);
  }

  #makePrototypes(count: number): Prototype[] {
    return Array.from({ length: count }, (_, id) => new Prototype(this, id));
  }

  #compile(mayMeetCdata: boolean, makeNumeral?: MakeNumeral): EmittedCode {
    const { source, chunkName, shortName } = this;
    const parsed = withinLimits(shortName, () => parse(source, chunkName));
    const counts = countsFor(chunkName, parsed.functions);
    const emitter = new ChunkEmitter(
      parsed,
      DEBUGGING.test(source),
      counts,
      scriptsAreMapped(),
      mayMeetCdata,
    );
    this.#numerals = parsed.numerals.map(({ text, line }) =>
      makeNumeral?.(text) ?? malformed(shortName, text, line)
    );
    const emitted = withinLimits(shortName, () => emitter.emitFast());
    this.#emitter = emitter;
    this.#counts = counts?.counts;
    this.#lines = emitted.lines;
    return emitted;
  }

  /** Runs emitted code. */
  evaluate({ code, lines, marks }: EmittedCode): unknown {
    const script = new Script(this, lines, marks);
    this.scripts.push(script);
    const url = registerScript(script);
    const text = `${code}\n//# sourceURL=${url}` + mapping(script, url);
    const run = new Function(...PARAMETERS, text) as KeptCode["run"];
    return this.#call(run, this.emitter);
  }

  #call(
    run: (...values: unknown[]) => unknown,
    { fields, shapes }: Pick<KeptCode, "fields" | "shapes">,
  ): unknown {
    return run(
      runtimeNames,
      fields.map(fieldOf),
      shapes.map(shapeOf),
      this.prototypes,
      this.#counts,
      this.#numerals,
    );
  }

  /** The main function of the chunk with the globals `environment`. */
  instantiate(environment: Table): LuaFunction {
    // Without a use for it, it takes no arguments.
    return this.prototypes[0]!.make(environment);
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

function malformed(shortName: string, text: string, line: number): never {
  throw new LuaError(
    `${shortName}:${line}: ${syntax.near(syntax.malformedNumber, text)}`,
  );
}

/** Turns an overflow of our own recursion into the error that Lua has for it. */
function withinLimits<T>(shortName: string, compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new LuaError(`${shortName}:1: ${syntax.tooManyLevels}`);
  }
}
