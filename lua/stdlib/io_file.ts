/**
 * File handles: the userdata that `io.open` returns, and their methods. How a
 * file is read and buffered is in runtime/files/stream.ts.
 */
import {
  type Args,
  argumentError,
  checkInt32,
  checkNumber,
  checkString,
  optional,
  raise,
  toStringArgument,
  typeError,
} from "../args.ts";
import { definer } from "../define.ts";
import { LuaError } from "../errors.ts";
import { type HostResult, type LuaState, Multi, NOTHING } from "../host.ts";
import {
  addressOf,
  type LuaFunction,
  type LuaTable,
  LuaUserdata,
} from "../value.ts";
import type { Buffering, FileStream } from "../../runtime/files/stream.ts";
import { strerror } from "../../runtime/posix/posix_error.ts";
import { fileResult } from "./file_result.ts";
import { readFormats } from "./io_read.ts";

/** A file handle. */
export class LuaFile extends LuaUserdata {
  /**
   * @param stream The open file; `undefined` once it is closed.
   * @param standard Whether it is one of the three that stay open.
   */
  constructor(
    metatable: LuaTable,
    public stream: FileStream | undefined,
    readonly standard: boolean,
  ) {
    super(metatable);
  }
}

/** Closes files that are still open when nobody holds them any more. */
const abandoned = new FinalizationRegistry<() => void>((close) => close());

/** The files of one state. */
export class LuaFiles implements Disposable {
  /** The metatable of file handles, with the methods. */
  readonly metatable: LuaTable;
  /** Where `io.write` writes. */
  output!: LuaFile;
  readonly #state: LuaState;
  readonly #open = new Set<FileStream>();
  readonly #standard: FileStream[] = [];
  readonly #atExit = () => this.flush();

  constructor(state: LuaState) {
    this.#state = state;
    this.metatable = state.newTable();
    defineMethods(state, this);
    // However the program ends: Deno.exit tells it too.
    addEventListener("unload", this.#atExit);
  }

  /** Makes the handle of one of the three standard files. */
  addStandard(stream: FileStream): LuaFile {
    this.#standard.push(stream);
    return new LuaFile(this.metatable, stream, true);
  }

  /** Makes a handle; the file is closed at the latest with the state. */
  add(stream: FileStream): LuaFile {
    const file = new LuaFile(this.metatable, stream, false);
    this.#open.add(stream);
    const open = this.#open;
    abandoned.register(file, () => {
      open.delete(stream);
      stream.close();
    }, stream);
    return file;
  }

  /** Closes a handle as `file:close` does. */
  close(file: LuaFile): HostResult {
    const { stream } = file;
    if (stream === undefined) raise(this.#state, CLOSED);
    if (file.standard) {
      return new Multi([undefined, "cannot close standard file"]);
    }
    file.stream = undefined;
    this.#open.delete(stream);
    abandoned.unregister(stream);
    return fileResult(stream.close());
  }

  /** Writes out what the buffers hold. */
  flush(): void {
    for (const stream of [...this.#standard, ...this.#open]) stream.flush();
  }

  /** Flushes the standard files and closes all others. */
  [Symbol.dispose](): void {
    removeEventListener("unload", this.#atExit);
    for (const stream of this.#standard) stream.flush();
    for (const stream of this.#open) {
      abandoned.unregister(stream);
      stream.close();
    }
    this.#open.clear();
  }
}

const CLOSED = "attempt to use a closed file";

/** A file handle argument that is open. */
export function checkOpen(
  state: LuaState,
  args: Args,
  index: number,
): FileStream {
  return checkFile(state, args, index).stream ?? raise(state, CLOSED);
}

function checkFile(state: LuaState, args: Args, index: number): LuaFile {
  const value = args[index];
  return value instanceof LuaFile
    ? value
    : typeError(state, args, index, "FILE*");
}

/** Writes the arguments from `first` on. */
export function writeArguments(
  state: LuaState,
  stream: FileStream,
  args: Args,
  first: number,
): HostResult {
  for (let i = first; i < args.length; i++) {
    const text = toStringArgument(args[i]) ??
      typeError(state, args, i, "string");
    const error = stream.write(text);
    if (error !== 0) return fileResult(error);
  }
  return true;
}

/**
 * An iterator over what `formats` read.
 *
 * @param close Closes the file once there is nothing left; the iterator then
 * gives no value at all, as in LuaJIT.
 */
export function linesOf(
  state: LuaState,
  file: LuaFile,
  formats: Args,
  close?: () => void,
): LuaFunction {
  return state.newFunction("lines_iterator", () => {
    const stream = file.stream ?? raise(state, CLOSED);
    const result = readFormats(state, stream, formats, 0);
    if (stream.readError !== 0) {
      throw new LuaError(strerror(stream.readError));
    }
    const value = result instanceof Multi ? result.values[0] : result;
    if (value === undefined) {
      if (close === undefined) return undefined;
      close();
      return NOTHING;
    }
    return result;
  });
}

function defineMethods(state: LuaState, files: LuaFiles): void {
  const define = definer(state);
  const { metatable } = files;
  metatable.set("__index", metatable);

  define(
    metatable,
    "read",
    (...args) => readFormats(state, checkOpen(state, args, 0), args, 1),
  );
  define(metatable, "write", (...args) => {
    const stream = checkOpen(state, args, 0);
    return writeArguments(state, stream, args, 1);
  });
  define(metatable, "lines", (...args) => {
    checkOpen(state, args, 0);
    return linesOf(state, args[0] as LuaFile, args.slice(1));
  });
  define(
    metatable,
    "flush",
    (...args) => fileResult(checkOpen(state, args, 0).flush()),
  );
  define(metatable, "seek", (...args) => {
    const stream = checkOpen(state, args, 0);
    const whence = optional(checkString, state, args, 1, "cur");
    if (whence !== "set" && whence !== "cur" && whence !== "end") {
      return argumentError(state, 1, `invalid option '${whence}'`);
    }
    const offset = optional(checkNumber, state, args, 2, 0);
    const position = stream.seek(whence, offset);
    return position >= 0 ? position : fileResult(-position);
  });
  define(metatable, "setvbuf", (...args) => {
    const stream = checkOpen(state, args, 0);
    const mode = checkString(state, args, 1);
    if (!["full", "line", "no"].includes(mode)) {
      argumentError(state, 1, `invalid option '${mode}'`);
    }
    optional(checkInt32, state, args, 2, 0); // sizes are our own
    stream.setBuffering(mode as Buffering);
    return true;
  });
  define(metatable, "close", (...args) => {
    // Without an argument the default output, as io.close.
    const file = args[0] === undefined
      ? files.output
      : checkFile(state, args, 0);
    return files.close(file);
  });
  define(metatable, "__gc", (file) => {
    if (file instanceof LuaFile && file.stream && !file.standard) {
      files.close(file);
    }
    return NOTHING;
  });
  define(metatable, "__tostring", (...args) => {
    const file = checkFile(state, args, 0);
    return file.stream === undefined
      ? "file (closed)"
      : `file (${addressOf(file)})`;
  });
}
