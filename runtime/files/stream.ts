/**
 * A file with a buffer, as C's stdio has it: read by lines or bytes, written
 * through a full, line or no buffer, one position for both. All calls block
 * the thread. Content is binary strings (one byte per character).
 *
 * The invariant: at most one of the two buffers holds something. What is
 * unread is given back by a seek before anything is written.
 */
import { binaryString, writeBinaryString } from "../posix/bytes.ts";
import { EAGAIN, EBADF, EINTR } from "../posix/constants.ts";
import { read, write } from "../posix/descriptors.ts";
import { type FileHandle, type SEEK, seek } from "../posix/file_handles.ts";
import { errno } from "../posix/libc.ts";
import { writeFully } from "../posix/write_fully.ts";

/** When written content leaves the buffer: full, with each line, at once. */
export type Buffering = "full" | "line" | "no";

/** What a {@link FileStream} may do. */
export interface StreamOptions {
  readonly readable: boolean;
  readonly writable: boolean;
  /** Default `full`. */
  readonly buffering?: Buffering;
  /** Flushed before this one waits for input, if line buffered. */
  readonly prompt?: FileStream;
}

const CHUNK = 65536;
// One for all streams: nothing stays in it between two calls.
const scratch = new Uint8Array(CHUNK);

/** A buffered file. */
export class FileStream {
  /** The error number of the last read that failed; 0 when none did. */
  readError = 0;
  readonly #handle: FileHandle;
  readonly #options: StreamOptions;
  #buffering: Buffering;
  #input = "";
  #at = 0;
  #output = "";

  constructor(handle: FileHandle, options: StreamOptions) {
    this.#handle = handle;
    this.#options = options;
    this.#buffering = options.buffering ?? "full";
  }

  /** Up to `count` bytes, fewer only at the end or after an error. */
  read(count: number): string {
    if (!this.#startReading()) return "";
    let result = "";
    for (;;) {
      const wanted = count - result.length;
      const there = this.#input.length - this.#at;
      if (wanted <= there) {
        result += this.#input.slice(this.#at, this.#at + wanted);
        this.#at += wanted;
        return result;
      }
      result += this.#input.slice(this.#at);
      if (!this.#fill()) return result;
    }
  }

  /** All that is left. */
  readAll(): string {
    if (!this.#startReading()) return "";
    let result = "";
    do {
      result += this.#input.slice(this.#at);
    } while (this.#fill());
    return result;
  }

  /** The next line, or `undefined` at the end or after an error. */
  readLine(keepNewline = false): string | undefined {
    if (!this.#startReading()) return undefined;
    let line = "";
    for (;;) {
      const end = this.#input.indexOf("\n", this.#at);
      if (end >= 0) {
        line += this.#input.slice(this.#at, keepNewline ? end + 1 : end);
        this.#at = end + 1;
        return line;
      }
      line += this.#input.slice(this.#at);
      if (!this.#fill()) return line === "" ? undefined : line;
    }
  }

  /** The next byte, left where it is, or "" at the end or after an error. */
  peek(): string {
    if (!this.#startReading()) return "";
    if (this.#at >= this.#input.length && !this.#fill()) return "";
    return this.#input[this.#at]!;
  }

  /** Writes `text`. Returns 0, or the error number. */
  write(text: string): number {
    if (!this.#options.writable) return EBADF;
    if (this.#at < this.#input.length) this.#giveBack();
    this.#output += text;
    switch (this.#buffering) {
      case "full":
        return this.#output.length >= CHUNK ? this.flush() : 0;
      case "line":
        return text.includes("\n") ? this.flush() : 0;
      case "no":
        return this.flush();
    }
  }

  /** Writes what is buffered. Returns 0, or the error number. */
  flush(): number {
    const text = this.#output;
    this.#output = "";
    const { fd } = this.#handle;
    for (let done = 0; done < text.length;) {
      const piece = text.slice(done, done + CHUNK);
      writeBinaryString(piece, scratch);
      const count = write(fd, scratch, piece.length);
      if (count >= 0) {
        done += count;
        continue;
      }
      const error = errno();
      if (error === EINTR) continue;
      // Somebody made the descriptor nonblocking: wait as if it were not.
      if (error === EAGAIN && writeFully(fd, text.slice(done))) return 0;
      return error;
    }
    return 0;
  }

  /** Moves the position; gives the new one, or the negative error number. */
  seek(whence: keyof typeof SEEK, offset: number): number {
    const error = this.flush();
    if (error !== 0) return -error;
    const unread = this.#input.length - this.#at;
    const position = seek(
      this.#handle.fd,
      whence === "cur" ? offset - unread : offset,
      whence,
    );
    if (position >= 0) this.#forget();
    return position;
  }

  /** Changes when written content leaves the buffer. */
  setBuffering(buffering: Buffering): void {
    this.flush();
    this.#buffering = buffering;
  }

  /** Writes what is buffered and closes. Returns 0, or the error number. */
  close(): number {
    const error = this.flush();
    return this.#handle.close() || error;
  }

  #startReading(): boolean {
    this.readError = this.#options.readable ? 0 : EBADF;
    if (this.readError === 0 && this.#output !== "") {
      this.readError = this.flush();
    }
    return this.readError === 0;
  }

  /** Reads the next chunk; false at the end or after an error. */
  #fill(): boolean {
    this.#forget();
    const { prompt } = this.#options;
    if (prompt !== undefined && prompt.#buffering === "line") prompt.flush();
    const size = this.#buffering === "no" ? 1 : CHUNK;
    for (;;) {
      const count = read(this.#handle.fd, scratch, size);
      if (count >= 0) {
        this.#input = binaryString(scratch, 0, count);
        return count > 0;
      }
      const error = errno();
      if (error === EINTR) continue;
      this.readError = error;
      return false;
    }
  }

  #giveBack(): void {
    seek(this.#handle.fd, this.#at - this.#input.length, "cur");
    this.#forget();
  }

  #forget(): void {
    this.#input = "";
    this.#at = 0;
  }
}
