/**
 * Runs bodies of specs, each in a managed coroutine of its own, so that the
 * harness goes on whatever becomes of them: they wait, they take too long,
 * they cancel themselves, they yield to nobody, Ctrl-C is pressed.
 *
 * A body that is out of time is not killed: an error is raised in it, where
 * it waits or computes, so that it cleans up and the report shows the place.
 * What a body owned passes on to the harness's own coroutine, since a hook
 * may open what the tests use.
 */
import { definer } from "../lua/define.ts";
import { LuaError } from "../lua/errors.ts";
import {
  type Frame,
  Multi,
  multi,
  NOTHING,
  Suspension,
  type Waker,
} from "../lua/host.ts";
import type { Coroutine } from "../lua/coroutines.ts";
import type { Runtime } from "../lua/runtime.ts";
import { encodeText } from "../lua/text.ts";
import {
  isFunction,
  type LuaFunction,
  type LuaTable,
  type LuaValue,
} from "../lua/value.ts";
import type { Interrupts } from "./interrupts.ts";
import { EventerHandle } from "../lua/eventer_object.ts";

/** How often it is looked whether a body that waits is out of time, in ms. */
const LOOK = 50;

/**
 * Adds `run`, `keep`, `interrupted` and `uncaught` to the table of the host
 * module.
 *
 * @param runtime The runtime whose coroutines are guarded.
 * @param host The table.
 * @param interrupts What may end a body early.
 * @param folder The folder of the harness's own Lua files.
 */
export function addGuard(
  runtime: Runtime,
  host: LuaTable,
  interrupts: Interrupts,
  folder: string,
): void {
  const { state } = runtime;
  const define = definer(state);
  let current: Guarded | undefined;
  interrupts.describe = () => describeOthers(runtime, folder, current);

  /**
   * run(body, seconds, ...): runs a function in a coroutine of its own, with
   * the arguments that follow, and waits for its end: `"ended"` and what it returned, `"failed"` and the error,
   * `"cancelled"`, or `"yielded"` when it yielded to nobody.
   */
  define(host, "run", (body, seconds, ...args) => {
    if (!isFunction(body)) throw new LuaError("run: function expected");
    const limit = typeof seconds === "number" && seconds > 0
      ? seconds
      : undefined;
    const guarded = new Guarded(runtime, interrupts, limit);
    current = guarded;
    guarded.start(body, args);
    return guarded.result ?? new Suspension((waker) => guarded.await(waker));
  });

  /** take(): hands what the harness's coroutine has kept to the running body. */
  define(host, "take", () => {
    current?.take();
    return NOTHING;
  });

  /** keep(): hands what the running body owns to the harness's coroutine. */
  define(host, "keep", () => {
    current?.keep();
    return NOTHING;
  });

  /** interrupted(): whether somebody asked the run to end. */
  define(host, "interrupted", () => interrupts.requested);

  /** uncaught(): how many errors no coroutine caught since the last call. */
  define(host, "uncaught", () => {
    const count = interrupts.uncaught;
    interrupts.uncaught = 0;
    return count;
  });
}

/** Coroutines that a report lists. */
const MAX_LISTED = 20;

/** Where the coroutines wait that are neither the body's nor the harness's. */
function describeOthers(
  runtime: Runtime,
  folder: string,
  current: Guarded | undefined,
): string {
  const own = `@${encodeText(folder)}`;
  const lines: string[] = [];
  const known = new Set([
    ...current?.coroutines ?? [],
    runtime.coroutines.currentOrNone,
  ]);
  for (const coroutine of runtime.coroutines) {
    if (known.has(coroutine)) continue;
    const frame = runtime.state.frames(coroutine.thread, 0).find((
      { currentLine, chunkName },
    ) => currentLine > 0 && !chunkName.startsWith(own));
    if (frame === undefined) continue;
    const spawned = String(coroutine.spawnedAt ?? "");
    lines.push(
      `\n  ${frame.source}:${frame.currentLine}` +
        (spawned === "" ? "" : `, spawned at ${spawned}`),
    );
  }
  if (lines.length === 0) return "";
  const more = lines.length - MAX_LISTED;
  return "\nother coroutines wait at" + lines.slice(0, MAX_LISTED).join("") +
    (more > 0 ? `\n  and ${more} more` : "");
}

/** `file:line: ` of the innermost Lua function of a stack. */
function positionOf(frames: readonly Frame[]): string {
  const frame = frames.find(({ currentLine }) => currentLine > 0);
  return frame === undefined ? "" : `${frame.source}:${frame.currentLine}: `;
}

/** Makes one coroutine own what another one owned. */
function handOver(from: Coroutine, to: Coroutine): void {
  if (from === to || from.owned === undefined) return;
  for (const resource of [...from.owned]) {
    if (resource instanceof EventerHandle) resource.handTo(to);
    else {
      from.disown(resource);
      to.own(resource);
    }
  }
}

/** One run of one body. */
class Guarded {
  /** What `run` returns, once it is known. */
  result: Multi | undefined;
  readonly #runtime: Runtime;
  readonly #interrupts: Interrupts;
  readonly #limit: number | undefined;
  readonly #parent: Coroutine;
  #child: Coroutine | undefined;
  #waker: Waker | undefined;
  #timer: { cancel(): void } | undefined;

  constructor(
    runtime: Runtime,
    interrupts: Interrupts,
    limit: number | undefined,
  ) {
    this.#runtime = runtime;
    this.#interrupts = interrupts;
    this.#limit = limit;
    this.#parent = runtime.coroutines.current;
  }

  /** The coroutine that the body runs in, once it waits, and the harness's. */
  get coroutines(): (Coroutine | undefined)[] {
    return [this.#child, this.#parent];
  }

  /** Runs the body up to its first wait. */
  start(body: LuaFunction, args: readonly LuaValue[]): void {
    const { coroutines } = this.#runtime;
    this.#interrupts.begin(this.#limit, (message) => this.#raise(message));
    const child = coroutines.spawn(body, args, {
      onEnd: (end) => {
        if (end.kind === "ended") this.#end(multi("ended", ...end.values));
        else if (end.kind === "failed") {
          this.#end(multi("failed", end.error.value));
        } else this.#end(multi("cancelled"));
      },
    });
    this.#child = child;
    if (this.result !== undefined) return;
    if (child.finished) this.#end(multi("cancelled"));
    else if (child.yielded) this.#yielded();
  }

  /** Goes on with the harness once the body has ended. */
  await(waker: Waker): () => void {
    this.#waker = waker;
    const watch = () => {
      if (this.result !== undefined) return;
      if (this.#child?.yielded) return this.#yielded();
      const message = this.#interrupts.due();
      if (message !== undefined) this.#raise(message);
      this.#timer = this.#runtime.eventer.timer(LOOK, watch);
    };
    this.#timer = this.#runtime.eventer.timer(LOOK, watch);
    return () => {
      this.#timer?.cancel();
      this.#cancel();
    };
  }

  #raise(message: string): void {
    const child = this.#child;
    if (child?.wait === undefined) return;
    const position = positionOf(this.#runtime.state.frames(child.thread, 0));
    child.wait.undo?.();
    child.wait.fail(new LuaError(position + encodeText(message)));
  }

  #yielded(): void {
    if (this.#child !== undefined) handOver(this.#child, this.#parent);
    this.#end(multi("yielded"));
    this.#cancel();
  }

  #cancel(): void {
    if (this.#child !== undefined) {
      this.#runtime.coroutines.cancel(this.#child);
    }
  }

  #end(result: Multi): void {
    if (this.result !== undefined) return;
    this.result = result;
    this.#interrupts.end();
    this.#timer?.cancel();
    this.#waker?.wake(...result.values);
  }

  /** Gives the running body what hooks before it have opened. */
  take(): void {
    const child = this.#runtime.coroutines.currentOrNone;
    if (child !== undefined) handOver(this.#parent, child);
  }

  /** Hands on what the running body owns. */
  keep(): void {
    const child = this.#runtime.coroutines.currentOrNone;
    if (child !== undefined) handOver(child, this.#parent);
  }
}
