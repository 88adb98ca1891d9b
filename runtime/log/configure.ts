/**
 * Makes log streams as a configuration describes them. Where the descriptions
 * come from is not known here; logs_section.ts reads them from XML.
 *
 * The invariant: the outlets never form a cycle.
 * Specification: runtime.md §2.2.
 */
import { PosixError, strerror } from "../posix/posix_error.ts";
import type { LogDescription, OutletDescription } from "./description.ts";
import { FileSink } from "./file_sink.ts";
import { FilterError, parseFilter } from "./filter.ts";
import { DEBUG, FACILITY, TIMESTAMPS } from "./format.ts";
import type { Logs } from "./logs.ts";
import { MemorySink } from "./memory_sink.ts";
import { Rotation } from "./rotation.ts";
import {
  type LogOutlet,
  type LogSink,
  type LogStream,
  wayTo,
} from "./stream.ts";

/** Logs that cannot be made as they are described. */
export class LogConfigurationError extends Error {
  override readonly name = "LogConfigurationError";
}

/** The least that rotates. */
const MIN_SECONDS = 600, MIN_BYTES = 102_400;

/** Streams whose output is the program's; a type cannot change that. */
const TERMINALS: readonly string[] = ["stdout", "stderr"];

/**
 * Makes streams, or changes those that are there. What is wrong but no reason
 * to stop is written to where it concerns, once all streams are made.
 *
 * @param logs The graph.
 * @param descriptions The logs, in the order of the configuration.
 * @throws {LogConfigurationError} For what the program must not start with.
 *
 * @example
 * ```ts
 * import { configureLogs } from "./configure.ts";
 * import { Logs } from "./logs.ts";
 * import type { MemorySink } from "./memory_sink.ts";
 *
 * using logs = new Logs({ stdout() {}, stderr() {} });
 * configureLogs(logs, [
 *   { name: "recent", type: "memory", path: "100,10000" },
 *   { name: "app", outlets: [{ name: "recent", filter: "facility = 'app/db'" }] },
 * ]);
 * logs.get("app/web").log("a request\n");
 * logs.get("app/db").log("a query\n");
 * const recent = logs.get("recent").sink as MemorySink;
 * console.log(recent.lines().map(({ text }) => text)); // [ "a query\n" ]
 * ```
 */
export function configureLogs(
  logs: Logs,
  descriptions: readonly LogDescription[],
): void {
  check(logs, descriptions);
  const complaints: (() => void)[] = [];
  logs.batch(() => {
    for (const description of descriptions) {
      declare(logs, description, complaints);
    }
  });
  for (const complain of complaints) complain();
}

function check(logs: Logs, descriptions: readonly LogDescription[]): void {
  const outlets = new Map<string, readonly string[]>();
  for (const description of descriptions) {
    const { name, rotateSeconds = 0, rotateBytes = 0 } = description;
    if (rotateSeconds > 0 && rotateSeconds < MIN_SECONDS) {
      fail(`rotate_seconds must be >= ${MIN_SECONDS}s (10 minutes)`);
    }
    if (rotateBytes > 0 && rotateBytes < MIN_BYTES) {
      fail(`rotate_bytes must be >= ${MIN_BYTES} (100k)`);
    }
    const names = (description.outlets ?? []).map((outlet) => outlet.name);
    if (names.includes("")) {
      const { type = "", path = "" } = description;
      fail(`Cannot find outlet '' for ${name}[${type}:${path}]`);
    }
    outlets.set(name, names);
  }
  const cycle = findCycle(outlets.keys(), (name) => {
    const known = outlets.get(name) ??
      logs.find(name)?.outlets.map(({ stream }) => stream.name);
    if (known !== undefined) return known;
    const slash = name.lastIndexOf("/");
    return slash > 0 ? [name.slice(0, slash)] : [];
  });
  if (cycle !== undefined) {
    fail(`Cannot configure logs: outlets form a circle: ${cycle.join(" > ")}`);
  }
}

function fail(message: string): never {
  throw new LogConfigurationError(message);
}

/** The names on the first cycle that is met, the first of them again last. */
function findCycle(
  names: Iterable<string>,
  outletsOf: (name: string) => readonly string[],
): string[] | undefined {
  const done = new Set<string>();
  for (const start of names) {
    // The way down, each with the outlets that are still to be looked at.
    const way = [{ name: start, rest: [...outletsOf(start)] }];
    while (way.length > 0) {
      const top = way.at(-1)!;
      const next = top.rest.pop();
      if (next === undefined) {
        done.add(top.name);
        way.pop();
        continue;
      }
      if (done.has(next)) continue;
      const index = way.findIndex(({ name }) => name === next);
      if (index >= 0) return [...way.slice(index).map((s) => s.name), next];
      way.push({ name: next, rest: [...outletsOf(next)] });
    }
  }
}

function declare(
  logs: Logs,
  description: LogDescription,
  complaints: (() => void)[],
): void {
  const { name, type, disabled, stats, config } = description;
  const stream = logs.get(name);
  stream.outlets = [];
  if (type !== undefined && !TERMINALS.includes(name)) {
    stream.sink = openSink(logs, description, complaints);
  }
  stream.flags = newFlags(stream.flags, description);
  if (stats !== undefined) {
    stream.counter = stats ? logs.counterOf(name) : undefined;
  }
  if (config !== undefined) stream.config = config;
  setFormat(stream, description, complaints, logs);
  stream.outlets = attach(logs, description, complaints);
  if (disabled !== undefined) stream.enabled = !disabled;
}

function newFlags(flags: number, description: LogDescription): number {
  const set = (on: boolean | undefined, flag: number) => {
    if (on !== undefined) flags = on ? flags | flag : flags & ~flag;
  };
  set(description.timestamps, TIMESTAMPS);
  set(description.facility, FACILITY);
  set(description.debug, DEBUG);
  return flags;
}

function setFormat(
  stream: LogStream,
  { name, format = "plain" }: LogDescription,
  complaints: (() => void)[],
  logs: Logs,
): void {
  stream.format = format === "json" ? "json" : "plain";
  if (format !== stream.format) {
    complaints.push(() =>
      logs.complain(
        `log ${name}: there is no format ${format}, plain or json; it is plain`,
      )
    );
  }
}

function openSink(
  logs: Logs,
  description: LogDescription,
  complaints: (() => void)[],
): LogSink | undefined {
  const { name, type, path = "" } = description;
  if (type === "memory") return new MemorySink(path);
  if (type === "file" || type === "file_synch") {
    return openFile(logs, description, type);
  }
  complaints.push(() => {
    logs.complain(`Failed to resolve log: ${name}`);
    logs.complain(
      `log ${name}: there is no type ${type}; lines only go to its outlets`,
    );
  });
}

function openFile(
  logs: Logs,
  description: LogDescription,
  type: "file" | "file_synch",
): LogSink {
  const { name, path } = description;
  const refuse = (reason: string) =>
    fail(
      `Failed to instantiate logger(${name},${type},${path ?? "[null]"})` +
        `${reason}\nError configuring log: ${name}[${type}:${path ?? ""}]`,
    );
  if (path === undefined || path === "") return refuse("");
  let sink: FileSink;
  try {
    sink = new FileSink(path, type, (sentence) => logs.complain(sentence));
  } catch (error) {
    if (!(error instanceof PosixError)) throw error;
    return refuse(`: ${strerror(error.errno)}`);
  }
  const { eventer, rotates = true } = logs.options;
  if (eventer !== undefined) {
    sink.rotation = new Rotation(sink, rotates ? description : {}, eventer);
  }
  return logs.adopt(sink);
}

function attach(
  logs: Logs,
  { name, outlets = [] }: LogDescription,
  complaints: (() => void)[],
): LogOutlet[] {
  const ways = new Map<LogStream, LogOutlet>();
  for (const description of outlets) {
    const stream = logs.get(description.name);
    if (ways.has(stream)) continue;
    const way = wayThrough(stream, description, complaints, logs);
    if (way === undefined) continue;
    ways.set(stream, way);
    if (description.optional) continue;
    complaints.push(() => {
      if (stream.sink === undefined && stream.outlets.length === 0) {
        logs.complain(
          `log ${name}: its outlet ${stream.name} leads nowhere; is the name right?`,
        );
      }
    });
  }
  return [...ways.values()];
}

/** A way with a filter that cannot be understood is not made (§2.2). */
function wayThrough(
  stream: LogStream,
  { filter }: OutletDescription,
  complaints: (() => void)[],
  logs: Logs,
): LogOutlet | undefined {
  if (filter === undefined) return wayTo(stream);
  try {
    return { stream, ...parseFilter(filter) };
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    complaints.push(() => {
      const text =
        `error attaching filtered stream (${filter}): ${error.message}\n`;
      (stream.effective ? stream : logs.get("stderr")).log(text);
    });
  }
}
