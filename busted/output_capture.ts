/**
 * Takes what is written to standard output and standard error while code of a
 * spec runs, whoever writes it: Lua, the log, child processes. The descriptors
 * 1 and 2 lead to files in that time.
 *
 * What to do with the text is decided in busted/lua/busted/capture.lua.
 */
import { binaryString } from "../runtime/posix/bytes.ts";
import { duplicate, duplicateTo, read } from "../runtime/posix/descriptors.ts";
import {
  type FileHandle,
  openTemporary,
  seek,
} from "../runtime/posix/file_handles.ts";
import { PosixError } from "../runtime/posix/posix_error.ts";

/** One of the two descriptors. */
class Redirection {
  readonly #target: number;
  readonly #original: number;
  readonly #file: FileHandle;

  constructor(target: number) {
    const file = openTemporary();
    if (typeof file === "number") throw new PosixError("tmpfile", -file);
    this.#target = target;
    this.#file = file;
    this.#original = duplicate(target);
  }

  begin(): void {
    duplicateTo(this.#file.fd, this.#target);
  }

  end(): void {
    duplicateTo(this.#original, this.#target);
  }

  /** What was written since the last call; the file starts over. */
  take(): string {
    const { fd } = this.#file;
    const length = seek(fd, 0, "cur");
    if (length <= 0) return "";
    seek(fd, 0, "set");
    const bytes = new Uint8Array(length);
    let count = 0;
    while (count < length) {
      const got = read(fd, bytes.subarray(count));
      if (got <= 0) break;
      count += got;
    }
    seek(fd, 0, "set");
    return binaryString(bytes, 0, count);
  }
}

/** See the head of this file. Lives as long as the process. */
export class OutputCapture {
  readonly #out = new Redirection(1);
  readonly #err = new Redirection(2);

  /** From here on nothing goes to the descriptors that the process was given. */
  begin(): void {
    this.#out.begin();
    this.#err.begin();
  }

  /** Everything goes where it went before. */
  end(): void {
    this.#out.end();
    this.#err.end();
  }

  /** The text of standard output and of standard error since the last call. */
  take(): [string, string] {
    return [this.#out.take(), this.#err.take()];
  }
}
