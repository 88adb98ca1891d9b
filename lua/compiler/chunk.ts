/**
 * Compiled chunks: the emitted code turned into functions, and the way back
 * from a line of emitted code to the Lua function and line.
 */
import { cdata } from "../cdata.ts";
import type { LuaFunction, LuaValue } from "../value.ts";
import { ChunkEmitter, type EmittedCode } from "./emit_chunk.ts";
import { LuaError } from "../errors.ts";
import { fieldOf } from "./fields.ts";
import { countsFor } from "./line_counts.ts";
import { syntax } from "./messages.ts";
import { parse } from "./parser.ts";
import {
  type CompiledChunk,
  Prototype,
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
  readonly emitter: ChunkEmitter;
  readonly prototypes: Prototype[];
  readonly shortName: string;
  /** Keeps the scripts, and with them the line tables, alive. */
  readonly scripts: Script[] = [];
  readonly #counts: number[] | undefined;
  /** The values of numerals with a suffix. */
  readonly #numerals: LuaValue[];

  /**
   * @throws {LuaError} A syntax error.
   */
  constructor(
    readonly source: string,
    readonly chunkName: string,
    makeNumeral: MakeNumeral,
  ) {
    this.shortName = shortSource(chunkName);
    const parsed = withinLimits(
      this.shortName,
      () => parse(source, chunkName),
    );
    const counts = countsFor(chunkName, parsed.functions);
    this.#counts = counts?.counts;
    this.emitter = new ChunkEmitter(
      parsed,
      DEBUGGING.test(source),
      counts,
      scriptsAreMapped(),
      cdata.seen ||= CDATA.test(source),
    );
    this.#numerals = parsed.numerals.map(({ text, line }) =>
      makeNumeral(text) ?? malformed(this.shortName, text, line)
    );
    this.prototypes = this.emitter.functions.map((fn, i) =>
      new Prototype(this, fn, this.emitter.facts[i]!)
    );
    const makers = withinLimits(this.shortName, () => {
      return this.evaluate(this.emitter.emitFast()) as Prototype["make"][];
    });
    this.prototypes.forEach((prototype, i) => prototype.make = makers[i]!);
  }

  /** Runs emitted code. */
  evaluate({ code, lines, marks }: EmittedCode): unknown {
    const script = new Script(this, lines, marks);
    this.scripts.push(script);
    const url = registerScript(script);
    const text = `${code}\n//# sourceURL=${url}` + mapping(script, url);
    return new Function("runtime", "N", "H", "Q", "V", "L", text)(
      runtimeNames,
      this.emitter.fields.map(fieldOf),
      this.emitter.shapes.map(shapeOf),
      this.prototypes,
      this.#counts,
      this.#numerals,
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
