/**
 * Puts the emitted functions of a chunk together: one script with the fast
 * version of every function, and later, one function at a time, resumable
 * versions. The worked example in docs/guide/engine.md shows both.
 */
import type { FunctionNode, Variable } from "./ast.ts";
import {
  type ChunkContext,
  CLEAR,
  DEPTH,
  Emitter,
  type FunctionFacts,
  type Layout,
  type Visitors,
} from "./emitter.ts";
import { emitCall } from "./emit_call.ts";
import { emitBlock, emitEnd, emitStatements } from "./emit_statement.ts";
import { emitTable } from "./emit_table.ts";
import { fastPaths } from "./fast_paths.ts";
import { inferNumbers } from "./infer.ts";
import type { CountedChunk } from "./line_counts.ts";
import type { ParsedChunk } from "./parser.ts";
import { VARIABLES } from "./records.ts";

/**
 * The names of the runtime (runtime.ts) that emitted code always uses. What is
 * only called on slow paths is called as a method of `R`: where that has not
 * happened yet, V8 then takes the path for dead and keeps numbers unboxed,
 * which it does not for a call of a variable of an outer function once there
 * are several closures of the caller.
 */
const RUNTIME =
  "X,T,Table,Plain,Box,NONE,EMPTY,trim,setList,setRaw,remainder,power," +
  "iterate,K,hookHost";

/** Depth units per frame weight; the rest of a unit counts calls. */
export const DEPTH_UNIT = 64;

const VISITORS: Visitors = {
  call: emitCall,
  table: emitTable,
  block: emitBlock,
  statements: emitStatements,
};

/** Emitted code and where its lines come from. */
export interface EmittedCode {
  readonly code: string;
  /** Function and site of each line: `id * 2 ** 20 + site`. */
  readonly lines: number[];
  /** Lua lines of emitted lines that are not those of their sites. */
  readonly marks: readonly number[];
}

/** The resumable version of a function. */
export interface ResumableCode extends EmittedCode {
  /** How records are laid out, by site. */
  readonly layouts: readonly Layout[];
  /** The variables of records that share their code. */
  readonly sharedNames: readonly string[];
}

/** A chunk's functions ready to be emitted. */
export class ChunkEmitter implements ChunkContext {
  readonly fields: string[] = [];
  readonly shapes: (readonly string[])[] = [];
  readonly facts: FunctionFacts[];
  readonly functions: readonly FunctionNode[];
  readonly #fieldIndex = new Map<string, string>();
  readonly #shapeIndex = new Map<string, string>();

  /**
   * @param debuggable Every variable may be changed through `debug`.
   * @param counts Where lines are counted, if they are.
   * @param mapped Each statement stands on a line of its own.
   * @param cdata Values may be cdata, which equal nil and numbers.
   */
  constructor(
    parsed: ParsedChunk,
    readonly debuggable: boolean,
    readonly counts: CountedChunk | undefined,
    readonly mapped: boolean,
    readonly cdata: boolean,
  ) {
    this.functions = parsed.functions;
    this.facts = this.functions.map(() => ({
      siteLines: [],
      siteNames: [],
      siteKinds: [],
      withSites: new Set(),
      siteCount: 0,
      weight: 0,
      calls: false,
    }));
    if (!debuggable && !fastPaths.off) inferNumbers(this.functions);
  }

  /** The upvalues that closures of `fn` are made with, in order. */
  sharedVariables(fn: FunctionNode): Variable[] {
    return Emitter.upvalues(this, fn);
  }

  field(name: string): string {
    let accessor = this.#fieldIndex.get(name);
    if (accessor === undefined) {
      accessor = `k${this.fields.push(name) - 1}`;
      this.#fieldIndex.set(name, accessor);
    }
    return accessor;
  }

  shape(names: readonly string[]): string {
    const key = names.join("\0");
    let shape = this.#shapeIndex.get(key);
    if (shape === undefined) {
      shape = `T${this.shapes.push(names) - 1}`;
      this.#shapeIndex.set(key, shape);
      for (const name of names) this.field(name);
    }
    return shape;
  }

  /** Emits the script that returns the maker of every function. */
  emitFast(): EmittedCode {
    const lines: number[] = [];
    const marks: number[] = [];
    const makers = this.functions.map((fn) =>
      this.#emitMaker(fn, lines, marks)
    );
    const code = this.#preamble() + makers.join("") +
      `\nreturn[${this.functions.map((fn) => `mk${fn.id}`)}]`;
    return { code, lines, marks };
  }

  /** Emits the resumable version of one function, and how sites save. */
  emitResumable(
    fn: FunctionNode,
    hooked = false,
  ): ResumableCode {
    const fields = this.fields.length;
    const emitter = new Emitter(
      VISITORS,
      this,
      fn,
      this.facts[fn.id]!,
      true,
      hooked,
    );
    if (hooked) emitter.hookEntry();
    emitter.body();
    emitEnd(emitter);
    if (this.fields.length !== fields) {
      throw new Error("the versions of a function differ");
    }
    const { layouts } = emitter;
    const own = ownVariables(emitter);
    const names = [...emitter.environment(), ...own];
    // Site 0 is the function's start, for the hooked version.
    const boxes = fn.parameters.filter((variable) => emitter.isBoxed(variable))
      .map(({ js }) => `${js}=new Box(${js});`).join("");
    const restore = this.#emitRestore(emitter, names);
    const body = this.#finish(fn, emitter.out.join(""), true);
    const declared = [...new Set([...names, ...emitter.temporaries()])]
      .filter((name) => name !== emitter.selfName);
    const { weight } = this.facts[fn.id]!;
    const code = this.#preamble() +
      `return function R${fn.id}(fr,r){let pc=fr[1],t,h=X.h+1` +
      `${declared.map((name) => `,${name}`).join("")};` +
      `const ${emitter.selfName}=fr[2];` +
      (weight > 0 ? `X.d+=${weight * DEPTH_UNIT};` : "") +
      `switch(pc){${restore}}B:L:for(;;)switch(pc){case 0:` +
      (hooked ? this.counts?.entry(fn) ?? "" : "") + `${boxes}${body}` +
      `${"\n"}}return R.S([P${fn.id},pc,${emitter.selfName},undefined` +
      `${names.map((name) => `,${name}`).join("")},t])}`;
    return {
      code,
      lines: emitter.lineSites.map((site) => lineEntry(fn, site)),
      marks: emitter.lineMarks,
      layouts,
      sharedNames: names,
    };
  }

  /** The code that fills the variables from a record. */
  #emitRestore(emitter: Emitter, names: readonly string[]): string {
    const groups = new Map<string, number[]>();
    const constant = emitter.environment().length;
    const take = (js: string, i: number) => {
      const place = `fr[${i + VARIABLES}]`;
      // A record that stays must not keep what the function has let go.
      return `${js}=${place};` +
        (emitter.refills && i >= constant ? `${place}=undefined;` : "");
    };
    emitter.layouts.forEach(({ saved, shared }, site) => {
      const load = shared === undefined
        ? saved.map(take).join("")
        : [...names, "t"].map(take).join("") +
          shared.map((js, i) => `${js}=t[${i}];`).join("");
      const group = groups.get(load);
      if (group === undefined) groups.set(load, [site]);
      else group.push(site);
    });
    let code = "";
    for (const [load, sites] of groups) {
      code += sites.map((site) => `case ${site}:`).join("") + load + "break;";
    }
    return code;
  }

  #preamble(): string {
    // The lists are read by position, so that the resumable versions, emitted
    // later, find what the fast one named.
    const list = (prefix: string, count: number) =>
      Array.from({ length: count }, (_, i) => prefix + i).join(",");
    return `"use strict";const R=runtime,{${RUNTIME}}=R,[${
      list("k", this.fields.length)
    }]=N,` +
      `[${list("T", this.shapes.length)}]=H,` +
      `[${list("P", this.functions.length)}]=Q;`;
  }

  #emitMaker(fn: FunctionNode, lines: number[], marks: number[]): string {
    const facts = this.facts[fn.id]!;
    const emitter = new Emitter(VISITORS, this, fn, facts, false);
    emitter.body();
    emitEnd(emitter);
    const own = ownVariables(emitter);
    const parameters = fn.parameters.map((variable) => variable.js);
    const locals = [
      ...own.filter((name) => !parameters.includes(name)),
      ...emitter.temporaries(),
    ];
    facts.weight = facts.calls
      ? 1 + Math.ceil((parameters.length + locals.length) / 12)
      : 0;
    const shared = Emitter.upvalues(this, fn).map((variable) => variable.js);
    if (fn.usesGlobals) shared.unshift("E");
    const args = fn.vararg ? [...parameters, "...va"] : parameters;
    const access = `,P${fn.id}` +
      (shared.length === 0
        ? ""
        : `,()=>[${shared}],(i,v)=>{switch(i){${
          shared.map((name, i) => `case ${i}:${name}=v;break;`).join("")
        }}}`);
    // Entering counts the depth; the slow path of the check also gives the
    // debug library its way to the closure's variables.
    const entry = facts.calls
      ? `if((X.d+=${facts.weight * DEPTH_UNIT + 1})>X.m)return R.O(F${fn.id},` +
        `[${args}]${access});`
      : `if(new.target!==undefined)return R.O(F${fn.id},[]${access});`;
    const boxes = fn.parameters.filter((variable) => emitter.isBoxed(variable))
      .map(({ js }) => `${js}=new Box(${js});`).join("");
    const declared = ["r", "t", ...locals];
    if (emitter.usesBudget) declared.push("h=X.h");
    if (emitter.usesShared) declared.push("pc=0");
    const body = this.#finish(fn, emitter.out.join(""), false);
    const names = [...emitter.environment(), ...own];
    const wrapped = emitter.usesShared
      ? `B:{${body}}return R.S([P${fn.id},pc,F${fn.id},undefined` +
        `${names.map((name) => `,${name}`).join("")},t]);`
      : body;
    lines.push(fn.id * 2 ** 20);
    for (const i in emitter.lineMarks) {
      marks[lines.length + Number(i)] = emitter.lineMarks[i]!;
    }
    for (const site of emitter.lineSites) lines.push(lineEntry(fn, site));
    return `\nconst mk${fn.id}=(${shared})=>function F${fn.id}(${args}){` +
      `${entry}${
        this.counts?.entry(fn) ?? ""
      }${boxes}let ${declared};${wrapped}};`;
  }

  /** Fills in what was not known while the body was emitted. */
  #finish(fn: FunctionNode, body: string, resumable: boolean): string {
    const { weight, calls } = this.facts[fn.id]!;
    return body
      .replaceAll(
        `X.d-=${DEPTH};`,
        weight > 0 ? `X.d-=${weight * DEPTH_UNIT};` : "",
      )
      .replaceAll(CLEAR, calls || resumable ? "X.r=undefined;" : "");
  }
}

/** The parameters and locals of a function, each once. */
function ownVariables(emitter: Emitter): string[] {
  const names = new Set(emitter.fn.parameters.map((variable) => variable.js));
  for (const name of emitter.locals) names.add(name);
  return [...names];
}

function lineEntry(fn: FunctionNode, site: number): number {
  return fn.id * 2 ** 20 + site;
}
