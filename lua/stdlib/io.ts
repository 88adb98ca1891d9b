/**
 * The library `io`. It blocks the thread, as in the reference; what waits
 * beside others is in `mtev`. Handles and their methods are in io_file.ts.
 */
import {
  argumentError,
  checkAny,
  checkString,
  optional,
  raise,
} from "../args.ts";
import { definer } from "../define.ts";
import type { HostResult, LuaState } from "../host.ts";
import type { LuaTable, LuaValue } from "../value.ts";
import { FileStream } from "../../runtime/files/stream.ts";
import { EINVAL } from "../../runtime/posix/constants.ts";
import { isTerminal } from "../../runtime/posix/descriptors.ts";
import {
  type FileHandle,
  openCommand,
  openFile,
  openTemporary,
} from "../../runtime/posix/file_handles.ts";
import { linesOf, LuaFile, LuaFiles, writeArguments } from "./io_file.ts";
import { fileResult, pathMessage } from "./file_result.ts";
import { readFormats } from "./io_read.ts";

/** What the rest of the library needs of `io`. */
export interface IoLibrary {
  /** All files of the state. */
  readonly files: LuaFiles;
  readonly stdin: FileStream;
  readonly stdout: FileStream;
}

/** Adds the functions to `library`. */
export function openIo(state: LuaState, library: LuaTable): IoLibrary {
  const define = definer(state);
  const files = new LuaFiles(state);
  const standard = openStandard();
  const stdin = files.addStandard(standard.stdin);
  const stdout = files.addStandard(standard.stdout);
  library.set("stdin", stdin);
  library.set("stdout", stdout);
  library.set("stderr", files.addStandard(standard.stderr));
  let input = stdin;
  files.output = stdout;

  const open = (path: string, mode: string): LuaFile | number => {
    const handle = openFile(path, mode);
    return typeof handle === "number"
      ? handle
      : files.add(streamOf(handle, mode));
  };
  /** Opens the file that argument 1 names, or says there what failed. */
  const openArgument = (path: string, mode: string): LuaFile => {
    const file = open(path, mode);
    return typeof file === "number"
      ? argumentError(state, 0, pathMessage(file, path))
      : file;
  };
  const streamOfDefault = (file: LuaFile): FileStream =>
    file.stream ?? raise(state, "standard file is closed");

  define(library, "open", (...args) => {
    const path = checkString(state, args, 0);
    const file = open(path, optional(checkString, state, args, 1, "r"));
    return typeof file === "number" ? fileResult(file, path) : file;
  });
  define(library, "popen", (...args) => {
    const command = checkString(state, args, 0);
    const mode = optional(checkString, state, args, 1, "r");
    const handle = /^[rw]e?$/.test(mode)
      ? openCommand(command, mode[0]!)
      : EINVAL;
    return typeof handle === "number"
      ? fileResult(handle, command)
      : files.add(streamOf(handle, mode));
  });
  define(library, "tmpfile", () => {
    const handle = openTemporary();
    return typeof handle === "number"
      ? fileResult(handle)
      : files.add(streamOf(handle, "w+"));
  });
  library.set("close", files.metatable.get("close"));
  define(library, "type", (...args) => {
    const value = checkAny(state, args, 0);
    if (!(value instanceof LuaFile)) return undefined;
    return value.stream === undefined ? "closed file" : "file";
  });

  const chooseDefault = (
    value: LuaValue,
    current: LuaFile,
    mode: string,
  ): LuaFile => {
    if (value === undefined) return current;
    if (value instanceof LuaFile) return value;
    return openArgument(checkString(state, [value], 0), mode);
  };
  define(library, "input", (file) => input = chooseDefault(file, input, "r"));
  define(
    library,
    "output",
    (file) => files.output = chooseDefault(file, files.output, "w"),
  );

  define(
    library,
    "read",
    (...args) => readFormats(state, streamOfDefault(input), args, 0),
  );
  define(
    library,
    "write",
    (...args): HostResult =>
      writeArguments(state, streamOfDefault(files.output), args, 0),
  );
  define(
    library,
    "flush",
    () => fileResult(streamOfDefault(files.output).flush()),
  );
  define(library, "lines", (...args) => {
    if (args[0] === undefined) {
      return linesOf(state, input, args.slice(1));
    }
    const file = openArgument(checkString(state, args, 0), "r");
    return linesOf(state, file, args.slice(1), () => files.close(file));
  });

  return { files, stdin: standard.stdin, stdout: standard.stdout };
}

function streamOf(handle: FileHandle, mode: string): FileStream {
  const both = mode.includes("+");
  return new FileStream(handle, {
    readable: both || mode.startsWith("r"),
    writable: both || !mode.startsWith("r"),
  });
}

interface StandardStreams {
  readonly stdin: FileStream;
  readonly stdout: FileStream;
  readonly stderr: FileStream;
}

let standardStreams: StandardStreams | undefined;

/** The standard files of the process: all states share their buffers. */
function openStandard(): StandardStreams {
  if (standardStreams === undefined) {
    const handle = (fd: number): FileHandle => ({ fd, close: () => 0 });
    const stdout = new FileStream(handle(1), {
      readable: false,
      writable: true,
      buffering: isTerminal(1) ? "line" : "full",
    });
    standardStreams = {
      stdin: new FileStream(handle(0), {
        readable: true,
        writable: false,
        prompt: stdout,
      }),
      stdout,
      stderr: new FileStream(handle(2), {
        readable: false,
        writable: true,
        buffering: "no",
      }),
    };
  }
  return standardStreams;
}
