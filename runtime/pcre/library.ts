/**
 * libpcre2-8 through FFI: opening it, compiling patterns and running them.
 * Bytes and native pointers only; what a search is stands in matcher.ts, and
 * how PCRE 1 differed in pcre1_dialect.ts.
 *
 * Every call is synchronous. Native memory has an owner: whoever compiles a
 * {@link Code} frees it, and all searches of a thread share one block of match
 * data.
 */
import { writeBinaryString } from "../posix/bytes.ts";
import { FREE_CALLS, MATCH_LIMIT, searchBounded } from "./bounded_search.ts";

const LIBRARY = "libpcre2-8.so.0";

/** Sizes are declared 32 bits wide: 64-bit ones travel as slow BigInts. */
const SYMBOLS = {
  pcre2_compile_8: {
    parameters: ["buffer", "u32", "u32", "buffer", "buffer", "pointer"],
    result: "pointer",
  },
  pcre2_code_free_8: { parameters: ["pointer"], result: "void" },
  pcre2_pattern_info_8: {
    parameters: ["pointer", "u32", "buffer"],
    result: "i32",
  },
  pcre2_get_error_message_8: {
    parameters: ["i32", "buffer", "u32"],
    result: "i32",
  },
  pcre2_match_8: {
    parameters: [
      "pointer",
      "buffer",
      "u32",
      "u32",
      "u32",
      "pointer",
      "pointer",
    ],
    result: "i32",
  },
  pcre2_match_data_create_8: {
    parameters: ["u32", "pointer"],
    result: "pointer",
  },
  pcre2_match_data_free_8: { parameters: ["pointer"], result: "void" },
  pcre2_get_ovector_pointer_8: { parameters: ["pointer"], result: "pointer" },
  pcre2_match_context_create_8: { parameters: ["pointer"], result: "pointer" },
  pcre2_set_match_limit_8: { parameters: ["pointer", "u32"], result: "i32" },
  pcre2_set_depth_limit_8: { parameters: ["pointer", "u32"], result: "i32" },
  pcre2_set_offset_limit_8: { parameters: ["pointer", "u32"], result: "i32" },
  pcre2_set_heap_limit_8: { parameters: ["pointer", "u32"], result: "i32" },
} as const;

/** PCRE2_INFO_ALLOPTIONS and PCRE2_INFO_CAPTURECOUNT. */
const ALL_OPTIONS = 0, CAPTURE_COUNT = 4;
const ANCHORED = 0x8000_0000, UTF = 0x0008_0000;
const USE_OFFSET_LIMIT = 0x0080_0000, NO_UTF_CHECK = 0x4000_0000;
/** The offset limit that is none. */
const ANYWHERE = 0xffff_ffff;
/** Settings at the beginning of a pattern, which concern the search as a whole. */
const SETTINGS =
  /^(?:\(\*(?:UTF8?|UCP|CR|LF|CRLF|ANY|ANYCRLF|NUL|BSR_\w+|NO_\w+|LIMIT_\w+=\d+)\))+/;
/** What lets one start of a match tell of another: they cannot be tried apart. */
const TIES_STARTS = /\\G|\(\*/;
/** The default of both counts, as in PCRE 1 and PCRE2. */
const DEFAULT_LIMIT = 10_000_000;
/**
 * KiB of backtracking memory a search may take. PCRE2's own default is 20 GB;
 * `((?:a|b)*)c` takes 711 bytes per byte of its subject.
 */
const HEAP_LIMIT = 128 * 1024;
/** A longer subject gets match data of its own, as those keep their memory. */
const SHARED_SUBJECT = 8 * 1024;

/** PCRE2's numbers for a search that ran into one of its limits. */
export const LIMIT_ERRORS: Readonly<Record<number, string>> = {
  [-47]: "match limit",
  [-53]: "depth limit",
  [-63]: "heap limit",
};

/** How far a search may go before it counts as failed. */
export interface SearchLimits {
  /**
   * Calls of the internal match function for one place where a match may
   * start; 10,000,000 by default. All of them together may take 16 times as
   * many, and 1000 for each byte of the subject.
   */
  readonly matches?: number;
  /** Nested calls of it; 10,000,000 by default. */
  readonly depth?: number;
}

interface Engine {
  readonly c: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];
  readonly context: Deno.PointerObject;
  /** What the context's limits are set to. */
  matches: number;
  depth: number;
  /** Match data for this many offset pairs, and its offsets. */
  pairs: number;
  data: Deno.PointerObject;
  shared: Uint32Array;
}

let engine: Engine | undefined;
function useEngine(): Engine {
  if (engine !== undefined) return engine;
  let c: Engine["c"];
  try {
    c = Deno.dlopen(LIBRARY, SYMBOLS).symbols;
  } catch (cause) {
    throw new Deno.errors.NotSupported(
      `Cannot load ${LIBRARY}: install PCRE2, on Debian and Ubuntu with "apt-get install libpcre2-8-0"`,
      { cause },
    );
  }
  const context = nonNull(c.pcre2_match_context_create_8(null));
  c.pcre2_set_match_limit_8(context, DEFAULT_LIMIT);
  c.pcre2_set_depth_limit_8(context, DEFAULT_LIMIT);
  c.pcre2_set_heap_limit_8(context, HEAP_LIMIT);
  const pairs = 32;
  const data = nonNull(c.pcre2_match_data_create_8(pairs, null));
  return engine = {
    c,
    context,
    matches: DEFAULT_LIMIT,
    depth: DEFAULT_LIMIT,
    pairs,
    data,
    shared: offsetsOf(c, data, pairs),
  };
}

function nonNull(pointer: Deno.PointerValue): Deno.PointerObject {
  if (pointer === null) throw new RangeError("Cannot use PCRE2: out of memory");
  return pointer;
}

/** The offsets as 32-bit halves: start at 4n, end at 4n + 2. */
function offsetsOf(
  c: Engine["c"],
  data: Deno.PointerObject,
  pairs: number,
): Uint32Array {
  return new Uint32Array(
    Deno.UnsafePointerView.getArrayBuffer(
      nonNull(c.pcre2_get_ovector_pointer_8(data)),
      pairs * 16,
    ),
  );
}

/** A pattern that did not compile, with PCRE2's number and place. */
export interface CodeError {
  readonly code: number;
  /** Bytes from the start of the pattern. */
  readonly offset: number;
  /** PCRE2's own text. */
  readonly message: string;
}

/** A compiled pattern. The collector does not free it: native memory is
 * invisible to it, so it would come too late. */
export class Code implements Disposable {
  /** Offset pairs of a complete match: the groups and the whole. */
  readonly pairs: number;
  readonly #isUtf: boolean;
  /** Whether a match may start at many places, which can be tried apart. */
  readonly #hasManyStarts: boolean;

  private constructor(
    private readonly engine: Engine,
    private pointer: Deno.PointerObject | null,
    tiesStarts: boolean,
  ) {
    const info = new Uint32Array(1);
    engine.c.pcre2_pattern_info_8(pointer, CAPTURE_COUNT, info);
    this.pairs = info[0]! + 1;
    engine.c.pcre2_pattern_info_8(pointer, ALL_OPTIONS, info);
    this.#isUtf = (info[0]! & UTF) !== 0;
    this.#hasManyStarts = !tiesStarts && (info[0]! & ANCHORED) === 0;
  }

  /** Whether the code was freed; it cannot search any more. */
  get isFreed(): boolean {
    return this.pointer === null;
  }

  /** Frees the code. */
  [Symbol.dispose](): void {
    this.engine.c.pcre2_code_free_8(this.pointer);
    this.pointer = null;
  }

  /**
   * Compiles a pattern of bytes, without options.
   *
   * @param pattern A binary string
   * @returns The code, or why there is none
   * @throws {Deno.errors.NotSupported} Where the library is missing
   */
  static compile(pattern: string): Code | CodeError {
    const engine = useEngine();
    const bytes = new Uint8Array(pattern.length + 1);
    writeBinaryString(pattern, bytes);
    const code = new Int32Array(1);
    const offset = new Uint32Array(2);
    const pointer = engine.c.pcre2_compile_8(
      bytes,
      pattern.length,
      USE_OFFSET_LIMIT,
      code,
      offset,
      null,
    );
    if (pointer !== null) {
      const tiesStarts = TIES_STARTS.test(pattern.replace(SETTINGS, ""));
      return new Code(engine, pointer, tiesStarts);
    }
    const text = new Uint8Array(256);
    const length = engine.c.pcre2_get_error_message_8(code[0]!, text, 256);
    return {
      code: code[0]!,
      offset: offset[0]!,
      message: new TextDecoder().decode(text.subarray(0, Math.max(0, length))),
    };
  }

  /**
   * Searches bytes. The offsets are valid until the next search of any
   * pattern, see {@link matchOffsets}.
   *
   * @param subject The bytes, from the first one on
   * @param length How many of them count
   * @param limits How far to go
   * @returns The number of groups that are set, counting the whole match and
   *   all up to the last one that took part; 0 when nothing matches; PCRE2's
   *   negative number when it gave up, see {@link LIMIT_ERRORS}
   */
  search(
    subject: Uint8Array<ArrayBuffer>,
    length: number,
    limits: SearchLimits | undefined,
  ): number {
    const { engine } = this;
    const matches = toLimit(limits?.matches);
    const depth = toLimit(limits?.depth);
    if (depth !== engine.depth) {
      engine.c.pcre2_set_depth_limit_8(engine.context, depth);
      engine.depth = depth;
    }
    if (length > SHARED_SUBJECT) {
      return this.#searchLong(subject, length, matches);
    }
    if (this.pairs > engine.pairs) this.#growSharedData();
    matchOffsets = engine.shared;
    return this.#searchWith(subject, length, matches, engine.data);
  }

  /** Nearly always no start needs much, and the first search is all. */
  #searchWith(
    subject: Uint8Array<ArrayBuffer>,
    length: number,
    matches: number,
    data: Deno.PointerObject,
  ): number {
    if (!this.#hasManyStarts || matches <= FREE_CALLS) {
      this.#limitMatches(matches);
      return this.#match(subject, length, data);
    }
    this.#limitMatches(FREE_CALLS);
    const result = this.#match(subject, length, data);
    if (result !== MATCH_LIMIT) return result;
    const { c, context } = this.engine;
    try {
      return searchBounded(
        length,
        matches,
        (from, to, calls) => {
          c.pcre2_set_offset_limit_8(context, to);
          this.#limitMatches(calls);
          return this.#match(subject, length, data, from, NO_UTF_CHECK);
        },
        (place) => !this.#isUtf || (subject[place]! & 0xc0) !== 0x80,
      );
    } finally {
      c.pcre2_set_offset_limit_8(context, ANYWHERE);
    }
  }

  #limitMatches(matches: number): void {
    const { engine } = this;
    if (matches === engine.matches) return;
    engine.c.pcre2_set_match_limit_8(engine.context, matches);
    engine.matches = matches;
  }

  #match(
    subject: Uint8Array<ArrayBuffer>,
    length: number,
    data: Deno.PointerObject,
    from = 0,
    options = 0,
  ): number {
    const { c, context } = this.engine;
    const result = c.pcre2_match_8(
      this.pointer,
      subject,
      length,
      from,
      options,
      data,
      context,
    );
    return result === -1 ? 0 : result; // PCRE2_ERROR_NOMATCH
  }

  #searchLong(
    subject: Uint8Array<ArrayBuffer>,
    length: number,
    matches: number,
  ): number {
    const { c } = this.engine;
    const data = nonNull(c.pcre2_match_data_create_8(this.pairs, null));
    try {
      const result = this.#searchWith(subject, length, matches, data);
      // Copied, as the memory goes with the match data.
      matchOffsets = offsetsOf(c, data, this.pairs).slice();
      return result;
    } finally {
      c.pcre2_match_data_free_8(data);
    }
  }

  #growSharedData(): void {
    const { engine, pairs } = this;
    const data = nonNull(engine.c.pcre2_match_data_create_8(pairs, null));
    engine.c.pcre2_match_data_free_8(engine.data);
    engine.data = data;
    engine.pairs = pairs;
    engine.shared = offsetsOf(engine.c, data, pairs);
  }
}

/**
 * The offsets of the last search: group n starts at index 4n and ends at
 * 4n + 2; 2^32 - 1 for a group that took no part.
 */
export let matchOffsets: Uint32Array = new Uint32Array(0);

function toLimit(limit: number | undefined): number {
  return limit === undefined
    ? DEFAULT_LIMIT
    : Math.min(Math.max(Math.trunc(limit) || 0, 0), 0xffff_ffff);
}
