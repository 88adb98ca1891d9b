/**
 * A file that log lines are appended to. It outlives whatever happens to the
 * path: when the file is moved or its folder removed, lines go on into the old
 * file until the path can be opened again. When it is rotated is decided in
 * rotation.ts.
 *
 * The invariant: a line is handed to the kernel whole, in the order of the
 * calls, or counted as lost and complained of.
 */
import {
  O_APPEND,
  O_CLOEXEC,
  O_CREAT,
  O_WRONLY,
  S_IFMT,
  S_IFREG,
} from "../posix/constants.ts";
import { close } from "../posix/descriptors.ts";
import {
  changeOwner,
  currentFolder,
  type FileStatus,
  fstat,
  lstat,
  open,
  stat,
} from "../posix/files.ts";
import { errno } from "../posix/libc.ts";
import { PosixError, strerror } from "../posix/posix_error.ts";
import { rename } from "../posix/shell.ts";
import { writeFully } from "../posix/write_fully.ts";
import type { LogSink } from "./stream.ts";

/** How much is collected at most before it is written, in bytes. */
const BATCH = 64 * 1024;

const MODE = 0o664;

/** See the head of this file. */
export class FileSink implements LogSink, Disposable {
  /** Bytes after which {@link onLimit} is called by each write. */
  limit = Infinity;
  onLimit: () => void = () => {};
  /** What ends with the sink. */
  rotation: Disposable | undefined;
  readonly type: "file" | "file_synch";
  readonly splits: boolean;
  /** The path, also when the folder of the process is another one. */
  readonly #place: string;
  readonly #complain: (sentence: string) => void;
  #fd: number;
  #status: FileStatus | undefined;
  #size: number;
  #pending = "";
  #delay: ((flush: () => void) => void) | undefined;
  /** Lines that could not be written since the last one that could. */
  #lost = 0;
  /** What does not work at the moment, and has been complained of. */
  readonly #failures = new Set<string>();

  /**
   * Opens the file, which is created if need be.
   *
   * @param path A binary string.
   * @param type `file_synch` takes messages as they are, and never collects.
   * @param complain Told, in a sentence, of what goes wrong later.
   * @throws {PosixError} When the file cannot be opened.
   */
  constructor(
    readonly path: string,
    type: "file" | "file_synch",
    complain: (sentence: string) => void,
  ) {
    this.type = type;
    this.splits = type === "file";
    this.#complain = complain;
    this.#place = absolute(path);
    this.#fd = openFile(this.#place);
    if (this.#fd < 0) throw new PosixError("open", -this.#fd, path);
    this.#status = known(fstat(this.#fd));
    this.#size = this.#status?.size ?? 0;
  }

  /** Where the file is, from the root. */
  get place(): string {
    return this.#place;
  }

  /** How long the file is, as far as it was written or looked at here. */
  get size(): number {
    return this.#size + this.#pending.length;
  }

  /** Asked to call back soon, when output is to be collected until then. */
  set delay(delay: ((flush: () => void) => void) | undefined) {
    this.#delay = this.type === "file" ? delay : undefined;
    if (this.#delay === undefined) this.flush();
  }

  write(text: string): void {
    if (this.#delay === undefined) this.#append(text, 1);
    else this.#collect(text, this.#delay);
    if (this.#size + this.#pending.length > this.limit) this.onLimit();
  }

  #collect(text: string, delay: (flush: () => void) => void): void {
    if (this.#pending === "") delay(() => this.flush());
    this.#pending += text;
    if (this.#pending.length >= BATCH) this.flush();
  }

  flush(): void {
    const text = this.#pending;
    if (text === "") return;
    this.#pending = "";
    this.#append(text);
  }

  #append(text: string, lines = text.split("\n").length - 1): void {
    if (this.#fd < 0) return;
    if (writeFully(this.#fd, text)) {
      this.#size += text.length;
      if (this.#lost > 0) this.#recovered();
    } else {
      this.#fail("write", strerror(errno()));
      this.#lost += lines;
    }
  }

  #recovered(): void {
    this.#complain(
      `log file ${this.path} can be written again; ${this.#lost} messages were lost`,
    );
    this.#lost = 0;
    this.#failures.delete("write");
  }

  /** Opens the path again, if it does not lead to the open file any more. */
  reopen(): void {
    this.#follow();
  }

  #follow(): "same" | "another" | "none" {
    const now = known(stat(this.#place));
    const was = this.#status;
    const isSame = now !== undefined && was !== undefined &&
      now.ino === was.ino && now.dev === was.dev;
    if (isSame) {
      this.#size = now.size; // others may write to it, or truncate it
      return "same";
    }
    this.flush();
    const fd = openFile(this.#place);
    if (fd < 0) {
      const reason = `${strerror(-fd)}; lines go on into the old one`;
      this.#fail("open", reason);
      return "none";
    }
    this.#failures.delete("open");
    close(this.#fd);
    this.#fd = fd;
    this.#status = known(fstat(fd));
    this.#size = this.#status?.size ?? 0;
    this.#keepOwner(was);
    return "another";
  }

  /** A file that the superuser makes anew stays its owner's. */
  #keepOwner(was: FileStatus | undefined): void {
    const now = this.#status;
    if (was === undefined || now === undefined) return;
    if (was.uid === now.uid && was.gid === now.gid) return;
    changeOwner(this.#fd, was.uid, was.gid); // only the superuser may
  }

  /** Complains, unless that has failed before and not worked since. */
  #fail(action: "open" | "write" | "rotate", reason: string): void {
    if (this.#failures.has(action)) return;
    this.#failures.add(action);
    this.#complain(`cannot ${action} log file ${this.path}: ${reason}`);
  }

  /**
   * Moves the file aside and begins a new one. Devices and pipes stay, and so
   * does a file that somebody else has just moved: then the new one is opened.
   *
   * @param seconds Since 1970. A name that is taken counts on from there.
   * @returns Whether the file was moved.
   */
  rotate(seconds: number): boolean {
    if (this.#follow() !== "same" || !isRegular(this.#status)) return false;
    this.flush();
    let name = rotatedName(this.#place, seconds);
    while (typeof lstat(name) !== "number") {
      name = rotatedName(this.#place, ++seconds);
    }
    const result = rename(this.#place, name);
    if (result !== 0) {
      this.#fail("rotate", strerror(result));
      return false;
    }
    this.#failures.delete("rotate");
    this.#follow();
    return true;
  }

  /** Writes what was collected and closes the file. Lines are dropped then. */
  [Symbol.dispose](): void {
    this.rotation?.[Symbol.dispose]();
    if (this.#fd < 0) return;
    this.flush();
    close(this.#fd);
    this.#fd = -1;
  }
}

/** The name of a file that was moved aside. */
function rotatedName(path: string, seconds: number): string {
  return `${path}.${seconds}`;
}

function openFile(path: string): number {
  return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, MODE);
}

function known(status: FileStatus | number): FileStatus | undefined {
  return typeof status === "number" ? undefined : status;
}

function absolute(path: string): string {
  if (path.startsWith("/")) return path;
  const folder = currentFolder();
  return typeof folder === "number" ? path : `${folder}/${path}`;
}

function isRegular(status: FileStatus | undefined): boolean {
  return status !== undefined && (status.mode & S_IFMT) === S_IFREG;
}
