/**
 * Log streams as plain data: what a configuration says of one, and what can be
 * told about one that exists. Specification: runtime.md §2.2, §2.8.
 */
import { DEBUG, FACILITY, TIMESTAMPS } from "./format.ts";
import type { RotationRules } from "./rotation.ts";
import type { LogStream } from "./stream.ts";

/** Where a log sends its lines. Texts are binary strings. */
export interface OutletDescription {
  readonly name: string;
  /** See filter.ts. */
  readonly filter?: string;
  /** Whether it may lead nowhere without being a mistake. */
  readonly optional?: boolean;
}

/** What a configuration says of a log. Texts are binary strings. */
export interface LogDescription extends RotationRules {
  readonly name: string;
  /** `file`, `file_synch` or `memory`; without one it only has outlets. */
  readonly type?: string;
  /** The file; of `memory`, `lines,bytes`. */
  readonly path?: string;
  /** `plain` or `json`. */
  readonly format?: string;
  /** Each flag stays as it was when it is absent. */
  readonly disabled?: boolean;
  readonly debug?: boolean;
  readonly timestamps?: boolean;
  readonly facility?: boolean;
  /** Whether lines are counted, as the metric mtev`log`lines`name. */
  readonly stats?: boolean;
  readonly config?: Readonly<Record<string, string>>;
  readonly outlets?: readonly OutletDescription[];
}

/** A stream and what is below it, fit for JSON. */
export interface StreamDescription {
  readonly name: string;
  readonly type?: string;
  readonly path?: string;
  readonly enabled: boolean;
  /** Whether something below is in effect, or the stream writes itself. */
  readonly enabled_below: boolean;
  readonly debugging: boolean;
  readonly timestamps: boolean;
  readonly facility: boolean;
  readonly stats: boolean;
  readonly config?: Readonly<Record<string, string>>;
  readonly outlets?: readonly TerseDescription[];
}

/** What is told of the streams below. */
export interface TerseDescription {
  readonly name: string;
  readonly outlets?: readonly TerseDescription[];
}

/**
 * Describes a stream, in libmtev's order of keys.
 *
 * @example
 * ```ts
 * import { describeStream } from "./description.ts";
 * import { Logs } from "./logs.ts";
 *
 * using logs = new Logs({ stdout() {}, stderr() {} });
 * console.log(describeStream(logs.get("error")).outlets); // [ { name: "stderr" } ]
 * ```
 */
export function describeStream(stream: LogStream): StreamDescription {
  const { sink, config, flags } = stream;
  return {
    name: stream.name,
    ...(sink !== undefined && { type: sink.type }),
    ...(sink?.path !== undefined && { path: sink.path }),
    enabled: stream.enabled,
    enabled_below: sink !== undefined ||
      stream.outlets.some((outlet) => outlet.stream.effective),
    debugging: (flags & DEBUG) !== 0,
    timestamps: (flags & TIMESTAMPS) !== 0,
    facility: (flags & FACILITY) !== 0,
    stats: stream.counter !== undefined,
    ...(Object.keys(config).length > 0 && { config }),
    ...outletsOf(stream),
  };
}

function outletsOf(stream: LogStream): Pick<TerseDescription, "outlets"> {
  if (stream.outlets.length === 0) return {};
  const outlets = stream.outlets.map(({ stream }) => ({
    name: stream.name,
    ...outletsOf(stream),
  }));
  return { outlets };
}
