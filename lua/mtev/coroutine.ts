/**
 * Coroutines of the mtev API: spawn, sleep, wait and notify, cancel.
 * Specification: mtev-lua-api.md §2.1–§2.5.
 */
import { looseNumber, raise, toStringArgument } from "../args.ts";
import type { Wait } from "../coroutines.ts";
import { definer } from "../define.ts";
import { Fifo } from "../fifo.ts";
import { type HostResult, Multi, NOTHING, Suspension } from "../host.ts";
import { timeValOf } from "../timeval.ts";
import {
  isFunction,
  isThread,
  type LuaTable,
  type LuaValue,
} from "../value.ts";
import type { MtevContext } from "./context.ts";

/** The messages for one key, or the one coroutine that waits for them. */
interface Queue {
  readonly messages: Fifo<LuaValue[]>;
  waiter: Wait | undefined;
}

/** So many queues may be empty: most keys are soon used again. */
const KEPT_QUEUES = 256;

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state, eventer, coroutines } = context;
  const define = definer(state);
  const queues = new Map<string, Queue>();

  /** Keys are compared up to the first NUL byte (§2.4). */
  function queueKey(value: LuaValue): string | undefined {
    const key = toStringArgument(value);
    const end = key?.indexOf("\0") ?? -1;
    return end < 0 ? key : key!.slice(0, end);
  }

  function takeMessage(key: string): LuaValue[] | undefined {
    const queue = queues.get(key);
    const message = queue?.messages.shift();
    if (queue !== undefined) dropIfEmpty(key, queue);
    return message;
  }

  function dropIfEmpty(key: string, queue: Queue): void {
    if (
      queue.messages.size === 0 && queue.waiter === undefined &&
      queues.size > KEPT_QUEUES
    ) queues.delete(key);
  }

  const calledFrom = () => state.calledFrom();

  /**
   * @lua mtev.coroutine_spawn(func, ...)
   * Starts a coroutine and runs it at once, up to its first wait. An error in
   * it that nothing catches ends the process.
   * @param func function: the body of the coroutine
   * @param ... any: passed to `func`
   * @error `mtev.coroutine_spawn(func, ...): bad arguments` when `func` is no function
   * @suspends switch: the new coroutine runs before the call returns
   * @example mtev.coroutine_spawn(function(name) mtev.sleep(1) print("hello", name) end, "world")
   * @source mtev-lua-api.md §2.1
   * @compat same
   */
  define(mtev, "coroutine_spawn", (func, ...args) => {
    if (!isFunction(func)) {
      raise(state, "mtev.coroutine_spawn(func, ...): bad arguments");
    }
    coroutines.adoptCurrent();
    coroutines.spawn(func, args, { calledFrom });
    return NOTHING;
  });

  /**
   * @lua mtev.cancel_coro(co)
   * Ends a coroutine: it is never resumed, and what it waited for and owned is
   * released at once. Nothing runs in it, not even a `pcall` handler. Unknown
   * and finished coroutines are ignored; one that cancels itself ends at its
   * next wait.
   * @param co thread|string: the coroutine, or its address as `tostring` prints it
   * @error `bad argument to mtev.cancel_coro` for text that is no address
   * @suspends no
   * @example mtev.cancel_coro(worker)
   * @source mtev-lua-api.md §2.2
   * @compat same
   */
  define(mtev, "cancel_coro", (co) => {
    if (isThread(co)) {
      const coroutine = coroutines.find(co);
      if (coroutine !== undefined) coroutines.cancel(coroutine);
      return NOTHING;
    }
    const text = toStringArgument(co);
    if (text === undefined) return NOTHING;
    if (!/^(0x[0-9a-f]+|\d+)$/i.test(text)) {
      raise(state, "bad argument to mtev.cancel_coro");
    }
    const coroutine = coroutines.findByAddress(Number(text));
    if (coroutine !== undefined) coroutines.cancel(coroutine);
    return NOTHING;
  });

  /**
   * @lua elapsed = mtev.sleep(seconds)
   * Suspends the calling coroutine. Zero, negative and missing times let the
   * others run for one pass of the loop.
   * @param seconds number: seconds, cut off to microseconds; nil counts as 0
   * @return mtev.timeval: the time that really went by
   * @error `coro terminated` outside a managed coroutine
   * @suspends always
   * @example print(mtev.sleep(0.5):seconds() >= 0.5)
   * @source mtev-lua-api.md §2.3
   * @compat same
   */
  define(mtev, "sleep", (seconds) => {
    void coroutines.current; // raises where there is none
    const microseconds = Math.max(0, Math.trunc(looseNumber(seconds) * 1e6));
    return new Suspension((waker) => {
      const start = eventer.now();
      const timer = eventer.timer(microseconds / 1000, () => {
        const elapsed = Math.round((eventer.now() - start) * 1000);
        waker.wake(timeValOf(state, elapsed));
      });
      return () => timer.cancel();
    });
  });

  /**
   * @lua key, ... = mtev.waitfor(key, timeout)
   * Takes the oldest message sent to `key`, waiting for one if there is none.
   * Only one coroutine of a state may wait for a key.
   * @param key string: the name of the queue
   * @param timeout? number: seconds to wait at the most; 0 never waits, nil waits for ever
   * @return string: the key, then the values given to `mtev.notify`; nothing at all when the time is over
   * @error `waitfor cannot be called concurrently` while another coroutine waits for the key
   * @error `waitfor(key, [timeout]) wrong arguments`
   * @error `waitfor called without key`
   * @error `coro terminated` outside a managed coroutine
   * @suspends maybe
   * @example local key, answer = mtev.waitfor("answer", 5)
   * @source mtev-lua-api.md §2.4
   * @compat same
   */
  define(mtev, "waitfor", (...args) => {
    if (args.length < 1 || args.length > 2) {
      raise(state, "waitfor(key, [timeout]) wrong arguments");
    }
    const key = queueKey(args[0]) ?? raise(state, "waitfor called without key");
    const timeout = args[1] === undefined ? undefined : looseNumber(args[1]);
    const coroutine = coroutines.current;
    let queue = queues.get(key);
    if (queue?.waiter !== undefined && queue.waiter.coroutine !== coroutine) {
      raise(state, "waitfor cannot be called concurrently");
    }
    const message = takeMessage(key);
    if (message !== undefined) return new Multi(message);
    if (timeout === 0) return NOTHING;
    return new Suspension((waker) => {
      queue = queues.get(key);
      if (queue === undefined) {
        queues.set(key, queue = { messages: new Fifo(), waiter: undefined });
      }
      const waiting = queue;
      waiting.waiter = waker as Wait;
      const forget = () => {
        timer?.cancel();
        waiting.waiter = undefined;
        dropIfEmpty(key, waiting);
      };
      const timer = timeout === undefined
        ? undefined
        : eventer.timer(timeout * 1000, () => {
          waiting.waiter = undefined;
          waker.wake(...takeMessage(key) ?? []);
          dropIfEmpty(key, waiting);
        });
      return forget;
    });
  });

  /**
   * @lua mtev.notify(key, ...)
   * Sends a message. A coroutine that waits for `key` gets it and runs at once,
   * before the call returns; without one the message is queued.
   * @param key string: the name of the queue
   * @param ... any: the message
   * @error `coro terminated` outside a managed coroutine
   * @error `notify called without key`
   * @suspends switch: the waiting coroutine runs before the call returns
   * @example mtev.notify("answer", 42)
   * @source mtev-lua-api.md §2.5
   * @compat same
   */
  define(mtev, "notify", (...args): HostResult => {
    if (args.length === 0) return NOTHING;
    void coroutines.current; // raises where there is none
    const key = queueKey(args[0]) ?? raise(state, "notify called without key");
    args[0] = key;
    let queue = queues.get(key);
    if (queue === undefined) {
      queues.set(key, queue = { messages: new Fifo(), waiter: undefined });
    }
    const { waiter } = queue;
    if (waiter !== undefined && state.isYieldable) {
      waiter.undo?.(); // forgets the waiter and its timer
      return coroutines.handOver(waiter, args);
    }
    queue.messages.push(args);
    if (waiter !== undefined) {
      eventer.post(() => {
        if (!waiter.pending) return;
        waiter.undo?.();
        waiter.wake(...takeMessage(key) ?? []);
      });
    }
    return NOTHING;
  });
}
