/**
 * A place where the emitted code of chunks is kept from one start of the
 * program to the next, for who has one (busted/kept_code.ts). The contract
 * between it and the compiling engine.
 *
 * A chunk made from kept code is as any other: what only the source tells, such
 * as lines and resumable versions, is worked out from it when first needed. So
 * the source has to be the very one, and the emitter too; the store sees to
 * that. Nothing is kept that depends on more: on counted lines, maps for a
 * debugger, cdata, or the values of numerals.
 */

/** What emitted code is called with, by place. */
interface Called {
  readonly fields: readonly string[];
  readonly shapes: readonly (readonly string[])[];
  /** How many functions there are. */
  readonly functions: number;
}

/** A function of emitted code. */
export interface KeptFunction {
  /** What was given as text. */
  readonly run: (...values: unknown[]) => unknown;
  /** The line of the script on which it begins. */
  readonly line: number;
}

/** The emitted code of a chunk, as it comes back. */
export interface KeptCode extends Called, KeptFunction {
  /** The script in which V8 reports all of it. */
  readonly url: string;
  /** The resumable versions of functions, by their numbers. */
  readonly resumable: Readonly<Record<number, KeptFunction>>;
}

/** The emitted code of a chunk that was compiled. */
export interface FreshCode extends Called {
  /** The text of a function expression, {@link KeptCode.run}. */
  text(): string;
}

/** Somewhere code is kept. */
export interface CodeStore {
  /** The code of a chunk, if it was made from this very source. */
  find(chunkName: string, source: string): KeptCode | undefined;
  /** Told of each chunk that was compiled and may be kept. */
  add(chunkName: string, source: string, code: FreshCode): void;
  /** Told of each resumable version of such chunks that was emitted. */
  addResumable(
    chunkName: string,
    source: string,
    id: number,
    text: () => string,
  ): void;
}

/** Where code is kept, if anywhere. */
export const codeStore: { current: CodeStore | undefined } = {
  current: undefined,
};
