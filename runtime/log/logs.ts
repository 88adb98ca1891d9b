/**
 * The log streams of a process: the graph, its built-in streams, and what
 * happens to all of it at once. How a configuration makes streams is in
 * configure.ts, what a stream does in stream.ts.
 * Specification: mtev-lua-api.md §13.1, runtime.md §2.1.
 */
import { threadId } from "../posix/process.ts";
import type { Eventer } from "../eventer/eventer.ts";
import { type Metric, MetricType, type Recorder } from "../stats/recorder.ts";
import type { LogThread } from "./line.ts";
import { type LogSink, LogStream } from "./stream.ts";

/** Takes text, a binary string (one byte per character). */
export type LogWriter = (text: string) => void;

/** What a graph of streams is made with. */
export interface LogsOptions {
  /** Where the stream `stdout` writes. */
  readonly stdout: LogWriter;
  /** Where the stream `stderr` writes. */
  readonly stderr: LogWriter;
  /** What lines call the thread. Default: the thread has no name. */
  readonly threadName?: string;
  /** Drives rotation and delayed writing. Without it there is neither. */
  readonly eventer?: Pick<Eventer, "timer" | "post">;
  /**
   * Whether files are rotated here; where several threads log to the same
   * files, by one of them only. Default true.
   */
  readonly rotates?: boolean;
  /** Where lines are counted. Without it they are not. */
  readonly stats?: Recorder;
}

/** A name longer than this has no parent: each level takes stack. */
const MAX_NAME = 1024;

/** See the head of this file. */
export class Logs implements Disposable {
  readonly options: LogsOptions;
  readonly #streams = new Map<string, LogStream>();
  #thread: LogThread | undefined;
  #isAsync = false;
  /** Whether {@link changed} waits for the end of a batch. */
  #isHeld = false;

  /** The built-in streams are there: stdout, stderr, error, notice, debug. */
  constructor(options: LogsOptions) {
    this.options = options;
    this.get("stdout").sink = terminal("stdout", false, options.stdout);
    this.get("stderr").sink = terminal("stderr", true, options.stderr);
    this.#create("error", "stderr");
    this.#create("notice", "error");
    this.#create("debug", "stderr").enabled = false;
  }

  /** The thread that logs. */
  get thread(): LogThread {
    return this.#thread ??= {
      id: threadId(),
      name: this.options.threadName ?? "",
    };
  }

  /**
   * The stream called `name`, created if it is unknown. `a/b` gets `a` as
   * its outlet, a new name without a slash none.
   */
  get(name: string): LogStream {
    const known = this.#streams.get(name);
    if (known !== undefined) return known;
    const slash = name.length > MAX_NAME ? -1 : name.lastIndexOf("/");
    return this.#create(name, slash > 0 ? name.slice(0, slash) : undefined);
  }

  #create(name: string, outlet?: string): LogStream {
    const stream = new LogStream(
      name,
      this,
      outlet === undefined ? undefined : this.get(outlet),
    );
    this.#streams.set(name, stream);
    return stream;
  }

  /** The stream called `name`, if there is one. */
  find(name: string): LogStream | undefined {
    return this.#streams.get(name);
  }

  /** All streams, in the order in which they were made. */
  all(): MapIterator<LogStream> {
    return this.#streams.values();
  }

  /** Switches a stream so that it is, or is not, in effect. */
  enable(name: string, on: boolean): void {
    const stream = this.get(name);
    if (stream.effective !== on) stream.enabled = on;
  }

  /** Makes many changes at once, which take effect at the end of all. */
  batch(change: () => void): void {
    this.#isHeld = true;
    try {
      change();
    } finally {
      this.#isHeld = false;
      this.changed();
    }
  }

  /** Works out which streams are in effect. Called by the streams. */
  changed(): void {
    if (this.#isHeld) return;
    const settled = new Set<LogStream>();
    const settle = (stream: LogStream) => {
      if (settled.has(stream)) return;
      settled.add(stream); // first, so that a cycle ends
      for (const outlet of stream.outlets) settle(outlet.stream);
      stream.settle();
    };
    for (const stream of this.#streams.values()) settle(stream);
  }

  /** What counts the lines of a stream. */
  counterOf(name: string): Metric | undefined {
    return this.options.stats?.root.ns("mtev").ns("log").ns("lines")
      .register(name, MetricType.COUNTER);
  }

  /** Says what is wrong with the logs themselves, on standard error. */
  complain(sentence: string): void {
    this.options.stderr(sentence + "\n");
  }

  /** Opens every file anew whose path means another one by now. */
  reopen(): void {
    for (const stream of this.#streams.values()) stream.sink?.reopen?.();
  }

  /**
   * Lets files collect what is logged and write it at the next pass of the
   * loop, or once there is much of it. Nothing happens without an eventer.
   */
  goAsync(): void {
    if (this.options.eventer === undefined) return;
    this.#isAsync = true;
    for (const stream of this.#streams.values()) this.#delay(stream.sink);
  }

  /** Writes what was collected, and from now on everything at once. */
  goSync(): void {
    this.#isAsync = false;
    for (const stream of this.#streams.values()) this.#delay(stream.sink);
  }

  /** Makes a new sink delay its output as the others do. */
  adopt(sink: LogSink): LogSink {
    this.#delay(sink);
    return sink;
  }

  #delay(sink: LogSink | undefined): void {
    if (sink === undefined || !("delay" in sink)) return;
    const { eventer } = this.options;
    sink.delay = this.#isAsync ? (flush) => eventer!.post(flush) : undefined;
  }

  /** Writes what was collected and closes the files; lines to them are lost. */
  [Symbol.dispose](): void {
    for (const { sink } of this.#streams.values()) sink?.[Symbol.dispose]?.();
  }
}

function terminal(
  name: string,
  splits: boolean,
  write: LogWriter,
): LogSink {
  return { type: name, splits, write };
}
