/**
 * The `mtev.eventer` userdata that sockets and pipe ends share: who owns it,
 * reading, writing, handing over, closing. What only sockets can do is added
 * by lua/mtev/socket.ts and lua/mtev/tls.ts. Specification: mtev-lua-api.md
 * §1.4, §1.5, §5.6, §5.7, §5.13, §5.14.
 *
 * An object is a name for a handle; the handle has the descriptor, and the
 * coroutine that owns it closes it when it ends. The invariants: a handle has
 * one owner and at most one object; while an operation waits, its object is
 * empty to everybody else; when nobody can name a handle any more, it closes.
 */
import type { Cancellable } from "../runtime/net/channel.ts";
import { EXCEPTION } from "../runtime/net/channel.ts";
import { PENDING, Stream } from "../runtime/net/stream.ts";
import { strerror } from "../runtime/posix/posix_error.ts";
import {
  argumentError,
  looseNumber,
  raise,
  toInt32,
  toNumberArgument,
  toStringArgument,
} from "./args.ts";
import type { Coroutine } from "./coroutines.ts";
import { definer } from "./define.ts";
import {
  type HostResult,
  type LuaState,
  multi,
  NOTHING,
  Suspension,
  type Waker,
} from "./host.ts";
import { methodMetatable } from "./methods.ts";
import type { MtevContext } from "./mtev/context.ts";
import {
  isFunction,
  type LuaTable,
  LuaUserdata,
  type LuaValue,
} from "./value.ts";

/** What a coroutine owns: a descriptor, its stream, and what has to end with it. */
export class EventerHandle implements Disposable {
  readonly stream: Stream;
  /** Whether an operation waits, so that the object is empty meanwhile. */
  busy = false;
  /** Set once the descriptor is closed. */
  closed = false;
  #nameless = false;

  /**
   * @param context The state it belongs to.
   * @param fd The descriptor, which it closes.
   * @param owner The coroutine whose end closes it.
   */
  constructor(
    readonly context: MtevContext,
    readonly fd: number,
    public owner: Coroutine,
  ) {
    this.stream = Stream.of(context.eventer, fd);
    owner.own(this);
  }

  /** Makes another coroutine the owner. */
  handTo(coroutine: Coroutine): void {
    this.owner.disown(this);
    this.owner = coroutine;
    coroutine.own(this);
  }

  /** The operation that waited is over. */
  endOperation(): void {
    this.busy = false;
    // Later, as the stream may be in the middle of telling the end.
    if (this.#nameless) this.context.eventer.post(() => this.forget());
  }

  /** Nobody can name it any more: closes the descriptor, after an operation that waits. */
  forget(): void {
    this.#nameless = true;
    if (!this.busy) this[Symbol.dispose]();
  }

  /** Closes the descriptor. Harmless when it is closed. */
  [Symbol.dispose](): void {
    if (this.closed) return;
    this.closed = true;
    this.owner.disown(this);
    this.stream[Symbol.dispose]();
  }
}

/** Closes what nobody can name any more (§1.4). */
const forgotten = new FinalizationRegistry<EventerHandle>((handle) =>
  handle.forget()
);

/** A socket or an end of a pipe, in Lua's hands. */
export class EventerObject extends LuaUserdata {
  constructor(
    metatable: LuaTable,
    /** What it names; nothing once it was handed over. */
    public handle: EventerHandle | undefined,
  ) {
    super(metatable);
    if (handle !== undefined) forgotten.register(this, handle, this);
  }

  /** Empties the object and returns what it named. */
  release(): EventerHandle | undefined {
    const { handle } = this;
    this.handle = undefined;
    forgotten.unregister(this);
    return handle;
  }
}

/** The methods of a state's eventer objects, and their metatable. */
export interface EventerMethods {
  readonly methods: LuaTable;
  readonly metatable: LuaTable;
}

const methodsByState = new WeakMap<LuaState, EventerMethods>();

/** The methods of a state's eventer objects, made at the first call. */
export function eventerMethods(context: MtevContext): EventerMethods {
  const { state } = context;
  let known = methodsByState.get(state);
  if (known === undefined) {
    const methods = state.newTable();
    known = {
      methods,
      metatable: methodMetatable(state, "mtev.eventer", methods),
    };
    methodsByState.set(state, known);
    defineStreamMethods(context, methods);
  }
  return known;
}

/**
 * Makes an eventer object of a descriptor.
 *
 * @param context The state.
 * @param fd A nonblocking descriptor, closed on exec. It is closed with the
 *   object, when the owner ends, or when the object is collected.
 * @param owner The coroutine that it belongs to: `context.coroutines.current`,
 *   asked for before the descriptor is opened, for asking may raise.
 */
export function createEventerObject(
  context: MtevContext,
  fd: number,
  owner: Coroutine,
): EventerObject {
  return new EventerObject(
    eventerMethods(context).metatable,
    new EventerHandle(context, fd, owner),
  );
}

/** The object that a method was called on. */
export function checkEventerObject(
  state: LuaState,
  self: LuaValue,
): EventerObject {
  if (self instanceof EventerObject) return self;
  raise(state, "must be called as method");
}

/**
 * The handle of an object that is not empty, for calls that any managed
 * coroutine may make.
 *
 * @throws {LuaError} `must be called as method`, `coro terminated`, or
 *   `invalid event`.
 */
export function checkHandle(
  context: MtevContext,
  self: LuaValue,
): EventerHandle {
  const { state } = context;
  const { handle } = checkEventerObject(state, self);
  void context.coroutines.current;
  if (handle === undefined || handle.closed || handle.busy) {
    raise(state, "invalid event");
  }
  return handle;
}

/**
 * The handle of an object that the running coroutine owns.
 *
 * @throws {LuaError} As {@link checkHandle}, or
 *   `cross-coroutine socket call: use event:own()`.
 */
export function checkOwned(
  context: MtevContext,
  self: LuaValue,
): EventerHandle {
  const handle = checkHandle(context, self);
  if (handle.owner !== context.coroutines.currentOrNone) {
    const message = "cross-coroutine socket call: use event:own()";
    context.process.logs.get("error/lua").log(message + "\n");
    raise(context.state, message);
  }
  return handle;
}

/**
 * Suspends the calling coroutine in an operation on a handle, which is empty
 * to everybody else meanwhile.
 *
 * @param start Starts the operation; it must call `done` exactly once, later,
 *   with the results for Lua, unless it is cancelled.
 */
export function suspendIn(
  handle: EventerHandle,
  start: (done: (...values: LuaValue[]) => void, waker: Waker) => Cancellable,
): Suspension {
  return new Suspension((waker) => {
    handle.busy = true;
    const operation = start((...values) => {
      handle.endOperation();
      waker.wake(...values);
    }, waker);
    return () => {
      operation.cancel();
      handle.endOperation();
    };
  });
}

/** What a failed operation returns: `-1` and the system's text for the error. */
export function failure(error: number): HostResult {
  return multi(-1, strerror(error));
}

function defineStreamMethods(context: MtevContext, methods: LuaTable): void {
  const { state, eventer, coroutines } = context;
  const define = definer(state);

  /**
   * Waits for a read that has a time limit. The callback runs in a coroutine
   * of its own, so that it may call what it likes; what it raises is raised
   * by the read.
   */
  function readWithin(
    handle: EventerHandle,
    stop: number | string | undefined,
    seconds: number,
    callback: LuaValue,
  ): Suspension {
    return suspendIn(handle, (done, waker) => {
      const operation = handle.stream.waitRead(stop, (data) => {
        timer.cancel();
        done(data);
      });
      const timer = eventer.timer(Math.max(0, seconds) * 1000, () => {
        operation.cancel();
        if (!isFunction(callback)) return done(undefined);
        coroutines.spawn(callback, [], {
          onEnd(end) {
            if (end.kind !== "failed") return done(undefined);
            handle.endOperation();
            waker.fail(end.error);
          },
        });
      });
      return {
        cancel() {
          timer.cancel();
          operation.cancel();
        },
      };
    });
  }

  /** What a read is to stop at: a count, a terminator, or nothing but the end. */
  function checkStop(value: LuaValue): number | string | undefined {
    const number = toNumberArgument(value);
    if (number === undefined) return toStringArgument(value);
    const count = toInt32(Math.trunc(number));
    if (count < 0) {
      argumentError(state, 1, "number of bytes must not be negative");
    }
    return count;
  }

  /**
   * @lua data = eventer:read(stop, ignored, timeout, callback)
   * Reads a number of bytes, or up to and including a terminator. What comes
   * behind it stays for the next read. At the end of the stream it returns what
   * there is, once, and nil from then on; an error counts as the end.
   *
   * With all four arguments there is a time limit: when it is over, the callback
   * is called and the read returns nil. What had come stays for the next read.
   * @param stop number|string: how many bytes, or the terminator; nil throws away everything up to the end
   * @param ignored? any: not looked at
   * @param timeout? number: seconds; 10 if it is no number
   * @param callback? function: called without arguments when the time is over
   * @return string: the bytes, or nil
   * @error `cross-coroutine socket call: use event:own()` when another coroutine owns the object
   * @error `invalid event` when the object was closed or handed over, or another operation waits
   * @error an argument error for a negative number
   * @suspends maybe: while the bytes are not there; for a pass of the loop if they came since a read that took all there was
   * @example local line = e:read("\n")
   * @source mtev-lua-api.md §5.6
   * @compat differs: a terminator is found however the bytes were cut; a negative number is an argument error; what the callback raises is raised by the read, and the callback may wait
   */
  define(
    methods,
    "read",
    function (self, stop, _ignored, timeout, callback): HostResult {
      const handle = checkOwned(context, self);
      const until = checkStop(stop);
      if (until === undefined) {
        if (handle.stream.drain()) return undefined;
      } else {
        // A time limit may be over before the loop has looked.
        const data = arguments.length === 5
          ? handle.stream.read(until)
          : handle.stream.readBeforeWait(until);
        if (data !== PENDING) return data;
      }
      if (arguments.length === 5 && isFunction(callback)) {
        const seconds = toNumberArgument(timeout) ?? 10;
        return readWithin(handle, until, seconds, callback);
      }
      return suspendIn(
        handle,
        (done) => handle.stream.waitRead(until, done),
      );
    },
  );

  /**
   * @lua written, message = eventer:write(data)
   * Writes all of a string, waiting while the other end does not take it.
   * @param data string: the bytes
   * @return integer: the number of bytes, all of them; or -1, also for an empty string
   * @return string: the system's error text, where there is one
   * @error `cross-coroutine socket call: use event:own()` when another coroutine owns the object
   * @error `invalid event` when the object was closed or handed over, or another operation waits
   * @suspends maybe: while the other end takes nothing
   * @example e:write("hello\n")
   * @source mtev-lua-api.md §5.7
   * @compat same
   */
  define(methods, "write", (self, value) => {
    const handle = checkOwned(context, self);
    const data = toStringArgument(value);
    if (data === undefined || data === "") return -1;
    const { stream } = handle;
    const result = stream.write(data);
    if (result === data.length) return result;
    if (result < 0) return -1;
    return suspendIn(
      handle,
      (done) =>
        stream.waitWrite(data, result, (error) => {
          if (error === 0) done(data.length);
          else if (error === EXCEPTION) done(-1);
          else done(-1, strerror(error));
        }),
    );
  });

  /**
   * @lua mine = eventer:own()
   * Makes the running coroutine the owner. The object that it was called on
   * becomes empty for good; the new one has the same descriptor, the bytes that
   * were read ahead, and TLS. If the coroutine is the owner already, the object
   * itself is returned.
   * @return mtev.eventer: the object to go on with
   * @error `invalid event` when the object was closed or handed over, or an operation waits
   * @suspends no
   * @example mtev.coroutine_spawn(function(c) c = c:own() c:write("hi\n") end, e:accept())
   * @source mtev-lua-api.md §5.13
   * @compat differs: the owner may call it too, and keeps the object
   */
  define(methods, "own", (self) => {
    const handle = checkHandle(context, self);
    const object = checkEventerObject(state, self);
    const { current } = coroutines;
    if (handle.owner === current) return object;
    object.release();
    handle.handTo(current);
    return new EventerObject(eventerMethods(context).metatable, handle);
  });

  /**
   * @lua eventer:close()
   * Closes the descriptor, and gives the other coroutines a turn. An object that
   * is empty, or in which an operation waits, is left as it is.
   * @error `cross-coroutine socket call: use event:own()` when another coroutine owns the object
   * @suspends always: for one pass of the loop, with TLS until all has gone out, for 2 seconds at the most; unless the object is empty
   * @example e:close()
   * @source mtev-lua-api.md §5.14
   * @compat differs: an error, not the end of the process, when another coroutine owns the object
   */
  define(methods, "close", (self) => {
    const { handle } = checkEventerObject(state, self);
    if (handle === undefined || handle.closed || handle.busy) return NOTHING;
    const { channel } = checkOwned(context, self).stream;
    handle[Symbol.dispose]();
    checkEventerObject(state, self).release();
    return new Suspension((waker) => {
      if (channel.afterDispose !== undefined) {
        const wait = channel.afterDispose(() => waker.wake());
        return () => wait.cancel();
      }
      // The first timer may come before the descriptors of this pass had their
      // turn; the second one cannot.
      let timer = eventer.timer(0, () => {
        timer = eventer.timer(0, () => waker.wake());
      });
      return () => timer.cancel();
    });
  });
}

/** The C int that a value converts to: 0 for what is no number. */
export function looseInt(value: LuaValue): number {
  return toInt32(Math.trunc(looseNumber(value)));
}
