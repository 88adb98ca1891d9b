/**
 * Regular expressions of PCRE over bytes: compiling them as PCRE 1 did, and
 * walking through a subject match by match. Specification: mtev-lua-api.md
 * §10.1. There is no translation to RegExp, whose meaning differs silently.
 *
 * The invariant: each search sees the rest of the subject as if it were the
 * whole, so `^` matches where the last match ended and a look-behind sees
 * nothing before it.
 */
import { writeBinaryString } from "../posix/bytes.ts";
import { Code, matchOffsets, type SearchLimits } from "./library.ts";
import {
  type CompileFailure,
  describeAsPcre1,
  rewriteForPcre1,
} from "./pcre1_dialect.ts";

/** A regular expression that does not compile. */
export class PatternError extends SyntaxError {
  override readonly name = "PatternError";

  /**
   * @param message PCRE 1's text
   * @param offset Bytes from the start of the pattern to the mistake
   */
  constructor(message: string, readonly offset: number) {
    super(message);
  }
}

/** How many patterns are compiled at a time; a further one displaces one. */
const CACHE_SIZE = 1000;
/**
 * The compiled patterns by expression, the longest unused first. It bounds
 * native memory, which the collector does not see, whatever a program compiles.
 */
const cache = new Map<string, Code>();

function compile(expression: string): Code {
  let code = cache.get(expression);
  if (code !== undefined) cache.delete(expression);
  else code = compileAsPcre1(expression);
  cache.set(expression, code);
  if (cache.size > CACHE_SIZE) {
    const [oldest, unused] = cache.entries().next().value!;
    cache.delete(oldest);
    unused[Symbol.dispose]();
  }
  return code;
}

/** So many mended places in one pattern are enough for any that is meant. */
const MAX_REWRITES = 1000;

function compileAsPcre1(expression: string): Code {
  let pattern = expression;
  const rewrites: { readonly at: number; readonly grew: number }[] = [];
  for (;;) {
    const result = Code.compile(pattern);
    if (result instanceof Code) return result;
    const rewrite = rewrites.length < MAX_REWRITES
      ? rewriteForPcre1(pattern, result.code, result.offset)
      : undefined;
    if (rewrite === undefined) {
      const failure: CompileFailure =
        describeAsPcre1(pattern, result.code, result.offset) ?? result;
      let { offset } = failure;
      for (const { at, grew } of rewrites.reverse()) {
        if (offset > at) offset = Math.max(at, offset - grew);
      }
      throw new PatternError(failure.message, offset);
    }
    pattern = rewrite.pattern;
    rewrites.push(rewrite);
  }
}

/** Subjects up to this length share one buffer. */
const SCRATCH_SIZE = 64 * 1024;
const scratch = new Uint8Array(SCRATCH_SIZE);
/** What the shared buffer holds. */
let scratchText = "";

/**
 * A regular expression together with the subject that it walks through.
 *
 * @example
 * ```ts ignore
 * import { Matcher } from "./matcher.ts";
 *
 * const words = new Matcher("\\w+");
 * const found: string[] = [];
 * while (words.next("one two") > 0) found.push(words.group(0));
 * // found: ["one", "two"]
 * ```
 */
export class Matcher {
  readonly #expression: string;
  #code: Code;
  #subject: string | undefined;
  /** The bytes of a subject that is too long for the shared buffer. */
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #offset = 0;
  /** Where the last search began, which its offsets count from. */
  #base = 0;

  /**
   * Compiles an expression.
   *
   * @param expression A binary string, in the dialect of PCRE 1
   * @throws {PatternError} For a mistake in it
   * @throws {Deno.errors.NotSupported} Where libpcre2-8 is missing
   */
  constructor(expression: string) {
    this.#expression = expression;
    this.#code = compile(expression);
  }

  /** Forgets the subject, so that the next search begins at its start. */
  reset(): void {
    this.#subject = undefined;
    this.#bytes = undefined;
    this.#offset = 0;
  }

  /**
   * Searches for the next match: from the end of the last one if the subject
   * is the same, else from the start. At the end of the subject, so also in an
   * empty one, there is none. An empty match does not move the place.
   *
   * @param subject A binary string
   * @param limits How far to go before giving up
   * @returns The number of groups to ask {@link group} for, the whole match
   *   (0) included, up to the last one that took part; 0 without a match; a
   *   negative number, PCRE2's, when a limit ended the search
   */
  next(subject: string, limits?: SearchLimits): number {
    if (this.#subject !== subject) {
      this.reset();
      this.#subject = subject;
    }
    const start = this.#offset;
    this.#base = start;
    if (start >= subject.length) return 0;
    if (this.#code.isFreed) this.#code = compile(this.#expression);
    let bytes = this.#subjectBytes(subject);
    if (start > 0) bytes = bytes.subarray(start);
    const groups = this.#code.search(bytes, subject.length - start, limits);
    if (groups > 0) this.#offset = start + matchOffsets[2]!;
    return groups;
  }

  /**
   * Whether the expression matches anywhere in a subject, which may be empty,
   * whatever the walk has come to.
   *
   * @param subject A binary string
   */
  test(subject: string): boolean {
    if (this.#code.isFreed) this.#code = compile(this.#expression);
    this.reset();
    const bytes = this.#subjectBytes(subject);
    return this.#code.search(bytes, subject.length, undefined) > 0;
  }

  /**
   * Where a group of the last match starts. To be asked right after
   * {@link next}, before any other search.
   *
   * @param group The group's number; 0 is the whole match
   * @returns Bytes from the start of the subject; for a group that took no
   *   part, one less than where the search began
   */
  start(group: number): number {
    return this.#base + (matchOffsets[4 * group]! | 0);
  }

  /**
   * Where a group of the last match ends; otherwise like {@link start}.
   *
   * @param group The group's number
   * @returns Bytes from the start of the subject
   */
  end(group: number): number {
    return this.#base + (matchOffsets[4 * group + 2]! | 0);
  }

  /**
   * What a group of the last match holds. To be asked right after
   * {@link next}, before any other search.
   *
   * @param group The group's number; 0 is the whole match
   * @returns A binary string, empty for a group that took no part
   */
  group(group: number): string {
    const start = matchOffsets[4 * group]! | 0;
    if (start < 0) return "";
    return this.#subject!.slice(
      this.#base + start,
      this.#base + matchOffsets[4 * group + 2]!,
    );
  }

  #subjectBytes(subject: string): Uint8Array<ArrayBuffer> {
    if (subject.length > SCRATCH_SIZE) {
      if (this.#bytes === undefined) {
        this.#bytes = new Uint8Array(subject.length);
        writeBinaryString(subject, this.#bytes);
      }
      return this.#bytes;
    }
    if (scratchText !== subject) {
      writeBinaryString(subject, scratch);
      scratchText = subject;
    }
    return scratch;
  }
}
