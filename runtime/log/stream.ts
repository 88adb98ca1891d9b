/**
 * A log stream: a named node that hands lines to its own sink, if it has one,
 * and to its outlets. It is in effect when it is enabled and so is some way
 * down to a sink; that is worked out when something changes, so that logging
 * to a stream that is off costs one branch.
 *
 * The invariant: the outlets form no cycle (configure.ts sees to that).
 * Specification: mtev-lua-api.md §13.1, runtime.md §2.3.
 */
import type { Metric } from "../stats/recorder.ts";
import type { LogFilter } from "./filter.ts";
import { DEBUG, jsonText, type LogFormat, plainText } from "./format.ts";
import { type LogFields, LogLine, type LogThread } from "./line.ts";

/** Where the lines of a stream are written. */
export interface LogSink extends Partial<Disposable> {
  /** Such as `file`. */
  readonly type: string;
  readonly path?: string;
  /** Whether each line of a message is a line of the log, and has an end. */
  readonly splits: boolean;
  /**
   * @param text What to write, a binary string, not empty.
   * @param time When it was logged, in microseconds since 1970.
   */
  write(text: string, time?: number): void;
  /** Opens what the path means now. */
  reopen?(): void;
  /**
   * Asked to call back soon, when output is to be collected until then; only
   * of sinks that can do so.
   */
  delay?: ((flush: () => void) => void) | undefined;
}

/** A way from a stream to another. */
export interface LogOutlet {
  readonly stream: LogStream;
  /** Lets lines pass; all of them when absent. */
  readonly filter: LogFilter | undefined;
  /** Whether the filter looks at where a line was logged. */
  readonly wantsPlace: boolean;
}

/** What a stream needs of the graph that it is in. */
export interface LogGraph {
  readonly thread: LogThread;
  /** Must be called after every change of a stream. */
  changed(): void;
}

/** See the head of this file. Made by {@link Logs.get}. */
export class LogStream {
  /** Whether what is logged here is written anywhere. */
  effective = false;
  /** Whether it matters anywhere below where a line was logged. */
  wantsPlace = false;
  /** Counts the lines, if that is wanted. */
  counter: Metric | undefined;
  format: LogFormat = "plain";
  /** What the configuration gives to the stream's type. */
  config: Readonly<Record<string, string>> = {};
  readonly #graph: LogGraph;
  #enabled = true;
  #flags = 0;
  #sink: LogSink | undefined;
  #outlets: readonly LogOutlet[] = [];
  /** The sink, when a message needs nothing but to be written there. */
  #direct: LogSink | undefined;

  /**
   * @param name Slashes make a hierarchy: `debug/eventer`.
   * @param graph Where the stream is.
   * @param outlet Where its lines go.
   */
  constructor(readonly name: string, graph: LogGraph, outlet?: LogStream) {
    this.#graph = graph;
    if (outlet !== undefined) this.#outlets = [wayTo(outlet)];
    this.settle();
  }

  /** The stream's own switch; see {@link effective}. */
  get enabled(): boolean {
    return this.#enabled;
  }
  set enabled(on: boolean) {
    this.#enabled = on;
    this.#graph.changed();
  }

  /** TIMESTAMPS, FACILITY and DEBUG of format.ts, or-ed. */
  get flags(): number {
    return this.#flags;
  }
  set flags(flags: number) {
    this.#flags = flags;
    this.#graph.changed();
  }

  /** Where the stream itself writes, if anywhere. The old one is closed. */
  get sink(): LogSink | undefined {
    return this.#sink;
  }
  set sink(sink: LogSink | undefined) {
    if (sink !== this.#sink) this.#sink?.[Symbol.dispose]?.();
    this.#sink = sink;
    this.#graph.changed();
  }

  /** Where lines go next. */
  get outlets(): readonly LogOutlet[] {
    return this.#outlets;
  }
  set outlets(outlets: readonly LogOutlet[]) {
    this.#outlets = outlets;
    this.#graph.changed();
  }

  /** Works out what logging asks; the outlets must have done so before. */
  settle(): void {
    const { format, counter } = this;
    const below = this.#outlets.filter(({ stream }) => stream.effective);
    this.effective = this.#enabled &&
      (this.#sink !== undefined || below.length > 0);
    this.wantsPlace = this.effective &&
      (format === "json" || (this.#flags & DEBUG) !== 0 ||
        below.some((outlet) => outlet.wantsPlace || outlet.stream.wantsPlace));
    this.#direct = below.length === 0 && this.#flags === 0 &&
        counter === undefined &&
        format === "plain"
      ? this.#sink
      : undefined;
  }

  /**
   * Writes a message wherever the stream leads.
   *
   * @param message A binary string. Sinks that split add a missing newline.
   * @param place Where from, `file:line`; useful if {@link wantsPlace}.
   * @param fields What filters and JSON see beside the message.
   */
  log(
    message: string,
    place?: { toString(): string },
    fields?: LogFields,
  ): void {
    if (!this.effective) return;
    const direct = this.#direct;
    if (direct === undefined) {
      const { thread } = this.#graph;
      this.#pass(new LogLine(this.name, message, thread, place, fields), 0);
    } else if (message !== "") {
      const whole = !direct.splits || message.endsWith("\n");
      direct.write(whole ? message : message + "\n");
    }
  }

  /** @param inherited The flags of the stream that the line comes from. */
  #pass(line: LogLine, inherited: number): void {
    this.counter?.record(1);
    const sink = this.#sink;
    if (sink !== undefined) {
      const text = this.format === "json"
        ? jsonText(line)
        : plainText(line, this.#flags | inherited, sink.splits);
      if (text !== "") sink.write(text, line.time);
    }
    // The newest first (runtime.md §2.3).
    for (let i = this.#outlets.length - 1; i >= 0; i--) {
      const { stream, filter } = this.#outlets[i]!;
      if (stream.effective && (filter === undefined || filter(line))) {
        stream.#pass(line, this.#flags);
      }
    }
  }
}

/** A way to a stream that lets everything pass. */
export function wayTo(stream: LogStream): LogOutlet {
  return { stream, filter: undefined, wantsPlace: false };
}
