/**
 * A line on its way through the graph of log streams: what was logged, when,
 * where from. Not its text with prefixes; see format.ts.
 *
 * Immutable: every stream it reaches sees the same line.
 */
import { realtime } from "../time/clock.ts";

/** The thread that logs. */
export interface LogThread {
  /** The operating system's number. */
  readonly id: number;
  /** Such as `e:default/0`. */
  readonly name: string;
}

/** Values that belong to a line beside its message. Texts are binary strings. */
export type LogFields = Readonly<Record<string, string | number>>;

/** See the head of this file. */
export class LogLine {
  /** Microseconds since 1970. */
  readonly time: number;
  readonly #place: { toString(): string } | undefined;
  #placeText: string | undefined;

  /**
   * @param facility The stream that was logged to.
   * @param message A binary string.
   * @param thread The thread that logs.
   * @param place Where from: `file:line`, made when it is asked for.
   * @param fields What else belongs to the line.
   */
  constructor(
    readonly facility: string,
    readonly message: string,
    readonly thread: LogThread,
    place: { toString(): string } | undefined,
    readonly fields: LogFields | undefined,
  ) {
    this.time = realtime();
    this.#place = place;
  }

  /** The name of the file that logged, without its folder; may be empty. */
  get file(): string {
    const text = this.#where();
    return text.slice(text.lastIndexOf("/") + 1, text.lastIndexOf(":"));
  }

  /** The line in it, or 0. */
  get line(): number {
    const text = this.#where();
    return Number(text.slice(text.lastIndexOf(":") + 1)) || 0;
  }

  #where(): string {
    return this.#placeText ??= this.#place?.toString() || ":0";
  }
}
