/**
 * Named log streams and where they lead.
 *
 * A stream hands each message to its own writer, if it has one, and to its
 * outlets. It is in effect when it and some path of outlets down to a writer
 * are enabled. Specification: mtev-lua-api.md §13.1. Stream types, decoration
 * and filters of configuration files are not here yet.
 */

/** Takes one message, a binary string (one byte per character). */
export type LogWriter = (message: string) => void;

/** A named log stream. */
export class LogStream {
  /** The stream's own switch; see {@link effective}. */
  enabled = true;
  /** The streams that receive what this one receives. */
  readonly outlets: LogStream[] = [];
  /** Where the stream itself writes, if anywhere. */
  writer: LogWriter | undefined;

  /** @param name Slashes make a hierarchy: `debug/eventer`. */
  constructor(readonly name: string) {}

  /** Whether a message given to this stream reaches a writer. */
  get effective(): boolean {
    return this.enabled &&
      (this.writer !== undefined ||
        this.outlets.some((outlet) => outlet.effective));
  }

  /** Writes `message`, as it is, wherever the stream leads. */
  log(message: string): void {
    if (!this.enabled) return;
    this.writer?.(message);
    for (const outlet of this.outlets) outlet.log(message);
  }
}

/** The log streams of a process. */
export class Logs {
  readonly #streams = new Map<string, LogStream>();

  /**
   * The streams that are always there: `stdout`, `stderr`, `error` and
   * `notice` (off) to it, `debug` (off).
   *
   * @param writers Where `stdout` and `stderr` write.
   */
  constructor(
    writers: { readonly stdout: LogWriter; readonly stderr: LogWriter },
  ) {
    this.get("stdout").writer = writers.stdout;
    const stderr = this.get("stderr");
    stderr.writer = (message) => writers.stderr(wholeLines(message));
    const error = this.get("error");
    error.outlets.push(stderr);
    const notice = this.get("notice");
    notice.outlets.push(error);
    notice.enabled = false;
    const debug = this.get("debug");
    debug.outlets.push(stderr);
    debug.enabled = false;
  }

  /**
   * The stream called `name`, created if it is unknown. `a/b` gets `a` as
   * its outlet, a new name without a slash none.
   */
  get(name: string): LogStream {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = new LogStream(name);
      this.#streams.set(name, stream);
      const slash = name.lastIndexOf("/");
      if (slash > 0) stream.outlets.push(this.get(name.slice(0, slash)));
    }
    return stream;
  }

  /** Switches a stream so that it is, or is not, in effect. */
  enable(name: string, on: boolean): void {
    const stream = this.get(name);
    if (stream.effective !== on) stream.enabled = on;
  }
}

/** The `stderr` stream ends every line it is given. */
function wholeLines(message: string): string {
  return message === "" || message.endsWith("\n") ? message : message + "\n";
}
