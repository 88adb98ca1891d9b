/**
 * What an engine that counts lines tells about the chunks it ran. Engine
 * neutral and without opinions: which files matter and how a report looks is
 * decided by who asks (busted/coverage.ts).
 */

/** A Lua function of a chunk and how often it was called. */
export interface FunctionCount {
  /** As the source names it, with dots (`a.b`), or `anonymous`. */
  readonly name: string;
  /** The line where it begins. */
  readonly line: number;
  readonly count: number;
}

/** How often the lines of one chunk ran. */
export interface ChunkCounts {
  /** As `load` got it: `@file`, `=text` or the source itself. */
  readonly chunkName: string;
  /** The count of each line on which a statement begins, by line. */
  readonly lines: ReadonlyMap<number, number>;
  readonly functions: readonly FunctionCount[];
}

/** Counts from {@link LuaState.countLines} on. */
export interface LineCounter {
  /** What was counted so far, a chunk at a time, in the order of loading. */
  read(): ChunkCounts[];
  /** Counts nothing more in chunks loaded later. */
  stop(): void;
}
