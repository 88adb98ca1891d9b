/**
 * The Lua call stack, read from two places: JavaScript's own stack for the
 * functions that are running, and the records of those that are suspended.
 * Costs nothing while nobody asks: the line of a running function is the line
 * of its emitted code, which names a site.
 */
import { LuaError } from "../errors.ts";
import type { Frame } from "../host.ts";
import type { LuaFunction } from "../value.ts";
import { Prototype, scriptOf } from "./prototype.ts";
import type { Execution } from "./coroutine.ts";
import { Reason, X } from "./registers.ts";
import { OUTER, type Record } from "./records.ts";
import { SiteKind } from "./emitter.ts";

/** The JavaScript names of host functions start like this. */
export const HOST_PREFIX = "lua:";
/** So do those of the functions that do their work, inside them. */
export const INNER_PREFIX = "lua;";
const MAX_TRACE = 200;

interface CallSite {
  getFunctionName(): string | null;
  getScriptNameOrSourceURL(): string | null;
  getLineNumber(): number | null;
}

/** A frame, and what the debug library needs to know of it. */
export interface ChunkFrame extends Frame {
  readonly prototype: Prototype | undefined;
  readonly site: number;
  /** The record of a suspended function. */
  readonly record: Record | undefined;
}

interface PlainFrame {
  hostName: string | undefined;
  prototype: Prototype | undefined;
  site: number;
  record: Record | undefined;
}

const ErrorClass = Error as unknown as {
  prepareStackTrace: unknown;
  stackTraceLimit: number;
  captureStackTrace(target: object, below?: unknown): void;
};

const keepSites = (_: unknown, sites: CallSite[]) => sites;

/**
 * The JavaScript call sites at the place of `error`, or at that where `above`
 * was called.
 */
function callSites(
  limit: number,
  error?: Error,
  above: unknown = callSites,
): CallSite[] {
  const { prepareStackTrace, stackTraceLimit } = ErrorClass;
  ErrorClass.prepareStackTrace = keepSites;
  ErrorClass.stackTraceLimit = limit;
  try {
    const holder: { stack?: unknown } = error ?? {};
    if (error === undefined) ErrorClass.captureStackTrace(holder, above);
    const { stack } = holder;
    return Array.isArray(stack) ? stack : [];
  } finally {
    ErrorClass.prepareStackTrace = prepareStackTrace;
    ErrorClass.stackTraceLimit = stackTraceLimit;
  }
}

/** How many JavaScript frames there are, up to `limit`. */
export function hostDepth(limit: number): number {
  return callSites(limit).length;
}

function plainFrame(
  site: CallSite,
  name = site.getFunctionName(),
): PlainFrame | undefined {
  if (name === null) return undefined;
  if (name.startsWith(HOST_PREFIX) || name.startsWith(INNER_PREFIX)) {
    return {
      hostName: name.slice(HOST_PREFIX.length),
      prototype: undefined,
      site: 0,
      record: undefined,
    };
  }
  const first = name.charCodeAt(0);
  if (first !== 70 && first !== 82) return undefined;
  const url = site.getScriptNameOrSourceURL();
  const script = url === null ? undefined : scriptOf(url);
  const found = script?.lookUp(site.getLineNumber() ?? 0);
  return found && {
    hostName: undefined,
    prototype: found.prototype,
    site: found.site,
    record: undefined,
  };
}

function recordFrame(record: Record): PlainFrame | undefined {
  const [resumer, site] = record;
  if (resumer instanceof Prototype) {
    return { hostName: undefined, prototype: resumer, site, record };
  }
  return resumer.hostName === undefined ? undefined : {
    hostName: resumer.hostName,
    prototype: undefined,
    site: 0,
    record,
  };
}

/** An execution that an error has left or that is noted, with the frames it had on the heap. */
interface Left extends Pick<Execution, "thread" | "parent"> {
  readonly noted: readonly PlainFrame[];
}

/** The executions that errors have left on their way, innermost first. */
const left = new WeakMap<Error, Left[]>();

/**
 * Notes that an error leaves the execution of a call from host code, such as
 * that of a comparator: its JavaScript stack still shows it.
 */
export function noteLeaving(error: Error, execution: Execution): void {
  const executions = left.get(error) ?? [];
  executions.push(copyOf(execution));
  left.set(error, executions);
}

function copyOf(execution: Execution): Left {
  const { thread, parent } = execution;
  const noted: PlainFrame[] = [];
  pushRecords(noted, execution);
  return { noted, thread, parent };
}

function pushRecords(frames: PlainFrame[], execution: Execution): void {
  for (
    let record = execution.frames.innermost;
    record !== undefined && frames.length < MAX_TRACE;
    record = record[OUTER]
  ) {
    const frame = recordFrame(record);
    if (frame !== undefined) frames.push(frame);
  }
}

/**
 * All frames of the running thread, innermost first, or the first ones until
 * there are enough: V8 takes 3 µs to tell the line of one.
 */
function running(
  limit: number,
  error?: Error,
  enough?: (frames: readonly PlainFrame[]) => boolean,
  above?: unknown,
  executions: readonly Left[] = (error && left.get(error)) ?? [],
): PlainFrame[] {
  const frames: PlainFrame[] = [];
  let walked = 0;
  let execution: Execution | Left | undefined = executions[0] ?? X.execution;
  // A host function's inner part shows once, not twice.
  let inner: string | undefined;
  const errorSites = error === undefined ? undefined : callSites(0, error);
  for (const site of errorSites ?? callSites(limit, undefined, above)) {
    if (enough?.(frames)) break;
    const name = site.getFunctionName();
    if (name === "driveExecution" || name === "driveCall") {
      if (execution === undefined) break;
      inner = undefined;
      if ("noted" in execution) frames.push(...execution.noted);
      else pushRecords(frames, execution);
      if (execution.thread !== undefined) return frames;
      execution = ++walked < executions.length
        ? executions[walked]
        : execution.parent;
      continue;
    }
    const frame = plainFrame(site, name);
    if (inner !== undefined && name === HOST_PREFIX + inner) {
      inner = undefined;
      continue;
    }
    if (frame !== undefined) {
      // A function that starts its hooked version shows once, not twice.
      if (
        frame.site === 0 && frame.prototype !== undefined &&
        frame.prototype === frames.at(-1)?.prototype
      ) continue;
      frames.push(frame);
      inner = name!.startsWith(INNER_PREFIX) ? frame.hostName : undefined;
    }
    if (frame?.hostName === "xpcall" && handled !== undefined) {
      frames.pop();
      frames.push(...handled);
      return frames;
    }
  }
  return frames;
}

/** The frames of the error that an xpcall handler is running for. */
let handled: PlainFrame[] | undefined;

/** The frames of an error on its way to an xpcall on the heap. */
let noted: { readonly error: Error; readonly frames: PlainFrame[] } | undefined;

/** Notes the stack of an error before its records are taken off. */
export function noteFrames(error: Error): void {
  noted = { error, frames: running(MAX_TRACE, error) };
}

function framesOf(error: Error): PlainFrame[] {
  const frames = noted?.error === error ? noted.frames : undefined;
  noted = undefined;
  return frames ?? running(MAX_TRACE, error);
}

/** Runs an error handler with the stack of the error under it. */
export function whileHandling<T>(error: unknown, run: () => T): T {
  const before = handled;
  try {
    handled = error instanceof Error ? framesOf(error) : undefined;
  } catch {
    handled = undefined;
  }
  try {
    return run();
  } finally {
    handled = before;
  }
}

/** Whether a tail call has replaced the frame. */
function isReplaced({ prototype, site }: PlainFrame): boolean {
  return prototype !== undefined &&
    prototype.facts.siteKinds[site] === SiteKind.Tail;
}

/** Leaves out what tail calls replaced, and names the rest. */
function finish(plain: PlainFrame[]): ChunkFrame[] {
  const frames: ChunkFrame[] = [];
  for (const [i, frame] of plain.entries()) {
    const { prototype, site, hostName, record } = frame;
    if (i > 0 && isReplaced(frame)) continue;
    const [nameWhat, name] = callName(plain[i + 1]);
    frames.push({
      what: prototype === undefined
        ? "C"
        : prototype.fn.id === 0
        ? "main"
        : "Lua",
      source: prototype === undefined ? "[C]" : prototype.chunk.shortName,
      currentLine: prototype === undefined
        ? -1
        : prototype.facts.siteLines[site] ?? prototype.fn.line,
      lineDefined: prototype === undefined ? -1 : prototype.fn.line,
      lastLineDefined: prototype === undefined ? -1 : prototype.fn.endLine,
      chunkName: prototype === undefined ? "=[C]" : prototype.chunk.chunkName,
      name: name ?? (prototype === undefined ? hostName : undefined),
      nameWhat,
      prototype,
      site,
      record,
    });
  }
  return frames;
}

type NameWhat = Frame["nameWhat"];

/** How the frame of a caller names what it calls. */
function callName(
  caller: PlainFrame | undefined,
): [NameWhat, string | undefined] {
  const prototype = caller?.prototype;
  const kind = prototype?.facts.siteKinds[caller!.site];
  if (
    prototype === undefined ||
    (kind !== SiteKind.Call && kind !== SiteKind.CallForOne)
  ) return ["", undefined];
  const text = prototype.facts.siteNames[caller!.site];
  const match = text === undefined ? null : /^(\w+) '(.*)'$/s.exec(text);
  if (match === null) return ["", undefined];
  return [match[1] as NameWhat, match[2]];
}

/** The stack of `execution`, or of the running one, innermost first. */
export function stackFrames(
  execution: Execution | undefined,
  limit = MAX_TRACE,
): ChunkFrame[] {
  if (execution === undefined) {
    return finish(running(limit));
  }
  if (execution.failedFrames !== undefined) {
    return execution.failedFrames as readonly ChunkFrame[] as ChunkFrame[];
  }
  const frames: PlainFrame[] = [];
  if (execution.signal !== undefined) {
    // The function that it called to suspend has left no record.
    frames.push({
      hostName: execution.signal === Reason.Yield ? "yield" : "?",
      prototype: undefined,
      site: 0,
      record: undefined,
    });
  }
  pushRecords(frames, execution);
  return finish(frames);
}

/** JavaScript frames that hold the level asked for nearly always. */
const MORE_FRAMES = 24;
/** And always: host functions may recurse deeply before they ask. */
const ALL_FRAMES = 20_000;

/** The index of the frame at `level` among `plain`, or -1. */
function indexOfLevel(plain: readonly PlainFrame[], level: number): number {
  return plain.findIndex((frame, i) =>
    (i === 0 || !isReplaced(frame)) && level-- === 0
  );
}

/**
 * The innermost frames of the running thread, down to some below `level`.
 *
 * @param few The JavaScript frames among which they are mostly.
 * @param above The function that asks.
 */
function framesTo(
  level: number,
  below: number,
  few: number,
  above: unknown,
): PlainFrame[] {
  let plain: PlainFrame[] = [];
  const enough = (frames: readonly PlainFrame[]) => {
    const at = frames.length > level ? indexOfLevel(frames, level) : -1;
    return at >= 0 && at + below < frames.length;
  };
  for (const limit of [few, MORE_FRAMES, ALL_FRAMES]) {
    plain = running(limit, undefined, enough, above);
    if (enough(plain)) break;
  }
  return plain;
}

/** The frame at a level of the running stack, 0 for the running function. */
export function frameAt(level: number): ChunkFrame | undefined {
  // The caller gives the name.
  return finish(framesTo(level, 1, level + 9, frameAt))[level];
}

/** {@link framePosition} of {@link frameAt}, sooner. */
export function positionAt(level: number): string {
  const plain = framesTo(level, 0, level + 5, positionAt);
  const at = plain[indexOfLevel(plain, level)];
  return at === undefined ? "" : positionIn(at);
}

function positionIn({ prototype, site }: PlainFrame): string {
  return prototype === undefined
    ? ""
    : `${prototype.chunk.shortName}:${
      prototype.facts.siteLines[site] ?? prototype.fn.line
    }: `;
}

/** The stack at the place where `error` was made. */
export function errorFrames(error: Error, execution: Execution): ChunkFrame[] {
  void execution;
  return finish(running(MAX_TRACE, error));
}

/** `file:line: ` of a frame, or nothing for a host function. */
export function framePosition(frame: Frame | undefined): string {
  return frame === undefined || frame.currentLine < 0
    ? ""
    : `${frame.source}:${frame.currentLine}: `;
}

/** The position of the innermost Lua function at an error of V8's. */
export function positionOf(error: Error): string {
  const frames = finish(
    callSites(0, error).map((site) => plainFrame(site)).filter((frame) =>
      frame !== undefined
    ),
  );
  return framePosition(frames[0]);
}

/** JavaScript frames that a call from Lua to a host function may take. */
const PLACE_FRAMES = 12;

/**
 * The place of the innermost Lua function that runs, worded when asked for:
 * V8 takes note of frames for a hundredth of what it costs to name them.
 */
export class CallPlace {
  constructor() {
    const { stackTraceLimit } = ErrorClass;
    ErrorClass.stackTraceLimit = PLACE_FRAMES;
    ErrorClass.captureStackTrace(this, CallPlace);
    ErrorClass.stackTraceLimit = stackTraceLimit;
  }

  toString(): string {
    for (const site of callSites(0, this as unknown as Error)) {
      const frame = plainFrame(site);
      if (frame?.prototype !== undefined) {
        return framePosition(finish([frame])[0]).slice(0, -2);
      }
    }
    return "";
  }
}

/** JavaScript frames of a coroutine that calls hardly anything. */
const FEW_NOTED_FRAMES = 12;

/**
 * How many JavaScript frames a note may need. Those of the coroutine are
 * enough, and V8 takes up to half a microsecond for each of the others, which
 * may be many more. Its depth is counted with some to spare.
 */
function framesToNote(): number {
  const { thread, base } = X.execution!;
  if (thread === undefined) return MAX_TRACE;
  const deep = (X.d - base) >> 6;
  return Math.min(Math.max(deep, FEW_NOTED_FRAMES), MAX_TRACE);
}

/**
 * Notes the stack of the running thread as it is now.
 *
 * @returns Works its frames out, innermost first.
 */
export function noteStack(): () => ChunkFrame[] {
  if (handled !== undefined) {
    const frames = stackFrames(undefined);
    return () => frames;
  }
  const note = {} as Error;
  const { stackTraceLimit } = ErrorClass;
  ErrorClass.stackTraceLimit = framesToNote();
  ErrorClass.captureStackTrace(note, noteStack);
  ErrorClass.stackTraceLimit = stackTraceLimit;
  const executions: Left[] = [];
  for (let at = X.execution; at !== undefined; at = at.parent) {
    executions.push(copyOf(at));
    if (at.thread !== undefined) break;
  }
  return () =>
    finish(running(MAX_TRACE, note, undefined, undefined, executions));
}

/**
 * The frame of a function at a call of the global `name` that it makes with a
 * function literal: `literal` was made from that.
 *
 * @returns Works the frame out; `undefined` when there is no such call.
 */
export function literalCall(
  literal: Prototype,
  caller: Prototype,
  name: string,
): (() => Frame) | undefined {
  const { parent, givenTo } = literal.fn;
  if (parent !== caller.fn || givenTo?.callee.kind !== "global") return;
  if (givenTo.callee.name !== name) return undefined;
  const frame = {
    prototype: caller,
    site: 0,
    hostName: undefined,
    record: undefined,
  };
  return () => ({ ...finish([frame])[0]!, currentLine: givenTo.line });
}

/** JavaScript frames between here and the Lua function that failed. */
const FRAMES_TO_TOP = 3;

function top(above: unknown): PlainFrame | undefined {
  for (const limit of [FRAMES_TO_TOP, 16]) {
    for (const site of callSites(limit, undefined, above)) {
      const name = site.getFunctionName();
      const frame = plainFrame(site, name);
      if (frame !== undefined) return frame;
      if (name === "driveExecution" || name === "driveCall") return undefined;
    }
  }
  return undefined;
}

/** The frame that {@link operandName} found, for the {@link raise} after it. */
let failing: PlainFrame | undefined;

/** Raises an error of the running operation, with its position. */
export function raise(message: string): never {
  const frame = failing ?? top(raise);
  failing = undefined;
  throw new LuaError((frame === undefined ? "" : positionIn(frame)) + message);
}

/**
 * How the running operation names its first or second operand. To be called
 * only for the message given to {@link raise}.
 */
export function operandName(operand: 0 | 1): string | undefined {
  failing = top(operandName);
  const text = failing?.prototype?.facts.siteNames[failing.site];
  return text?.split("\n")[operand] || undefined;
}

/** The function of a frame, when the stack is on the heap. */
export function functionOf(frame: ChunkFrame): LuaFunction | undefined {
  return frame.record?.[2] as LuaFunction | undefined;
}
