/**
 * What all parts of one Lua state share: which coroutine runs, how errors
 * cross between the VM and the host, how a coroutine is resumed.
 *
 * The invariant: a JavaScript exception that is no Lua error (a defect of the
 * host, kept in {@link Machine.fatal}) passes every `pcall` and leaves the
 * outermost resume or call as it is. The end of the JavaScript stack, though,
 * is the Lua error `stack overflow`.
 */
import { LuaError } from "../errors.ts";
import type { Outcome } from "../host.ts";
import type { LuaValue } from "../value.ts";
import type { Continuation, NativeFunction, State } from "./internals.ts";
import { where } from "./stack.ts";
import { fromVm, push, type Thread, valuesFrom } from "./values.ts";
import {
  CIST_LUA,
  lapi,
  ldebug,
  ldo,
  lstate,
  MINSTACK,
  MULTRET,
  NATIVE_ERROR,
  OK,
  YIELD,
} from "./vm.ts";

/** Whether `error` is the end of the JavaScript stack. */
export function isStackOverflow(error: unknown): boolean {
  // No regular expression: compiling one fails at the end of the stack, which
  // V8 reports as a SyntaxError.
  if (error instanceof RangeError) {
    return error.message === "Maximum call stack size exceeded";
  }
  return error instanceof SyntaxError &&
    error.message.endsWith(": Stack overflow");
}

/** Makes room for `count` values to be pushed. */
export function reserve(L: State, count: number): void {
  if (count > MINSTACK - 5 && !lapi.lua_checkstack(L, count)) {
    throw new LuaError("stack overflow");
  }
}

/**
 * Calls a function so that its errors end here, also when it has yielded:
 * then `k` goes on.
 *
 * @param handler The index of the message handler, or 0.
 * @returns The status.
 */
export function protectedCall(
  L: State,
  argc: number,
  handler: number,
  ctx: unknown,
  k: Continuation,
): number {
  // fengari restores `allowhook` from a bit that it forgets to set, so that
  // after an error no hook, and no interrupt, would run in the coroutine.
  L.ci.callstatus |= CIST_OAH;
  return lapi.lua_pcallk(L, argc, MULTRET, handler, ctx, k);
}

/** Bit of {@link CallInfo.callstatus}: hooks were allowed at the call. */
const CIST_OAH = 1 << 0;

/** The shared part of a Lua state. */
export class Machine {
  /** The thread that is running. */
  current: State;
  /** The exception that is on its way out, if one is. */
  fatal: { readonly error: unknown } | undefined;
  /** The thread whose hook is running: it has no stack level of its own. */
  hooked: State | undefined;
  /** Called for a coroutine that is about to go on, to install hooks. */
  installHooks: ((L: State) => void) | undefined;

  constructor() {
    this.current = lstate.lua_newstate();
    const shared = this.current.l_G;
    shared.atnativeerror = this.#translateException;
    shared.raiseException = (L, error) => this.raiseException(L, error);
  }

  /** The position `file:line: ` of a level; 1 is the caller of the host. */
  where(level: number): string {
    return where(this.current, level, this.hooked === this.current);
  }

  /** Raises `value` in the VM. */
  raiseValue(L: State, value: LuaValue): never {
    push(L, value);
    return ldebug.luaG_errormsg(L);
  }

  /** Raises `message` with the position of the running function's caller. */
  raise(L: State, message: string): never {
    return this.raiseValue(L, this.where(1) + message);
  }

  /** Raises in the VM what a host function threw. */
  raiseException(L: State, error: unknown): never {
    if (error instanceof LuaError) return this.raiseValue(L, error.value);
    if (isStackOverflow(error)) {
      const level = L.ci.callstatus & CIST_LUA ? 0 : 1;
      return this.raiseValue(L, where(L, level, false) + "stack overflow");
    }
    this.fatal ??= { error };
    throw error;
  }

  /** Throws the exception that is on its way out, if one is. */
  rethrowFatal(): void {
    if (this.fatal !== undefined) throw this.fatal.error;
  }

  /** Ends the way of the exception: from here on it is the host's. */
  releaseFatal(): void {
    const { fatal } = this;
    if (fatal === undefined) return;
    this.fatal = undefined;
    throw fatal.error;
  }

  /**
   * Runs a coroutine whose arguments have been pushed onto its stack.
   *
   * @throws What a host function threw, if it was no Lua error.
   */
  resume(thread: Thread, argc: number): Outcome {
    const L = thread.vm;
    const from = this.current;
    this.installHooks?.(L);
    this.current = L;
    thread.active = true;
    let status: number;
    try {
      status = ldo.lua_resume(L, from, argc);
    } catch (error) {
      // The VM's own check fails when the stack ended in a coroutine that had
      // caught an error before; anything else is a defect.
      const known = isStackOverflow(error) ||
        error instanceof Error && error.message === "assertion failed";
      if (!known) this.fatal ??= { error };
      status = NATIVE_ERROR;
    } finally {
      this.current = from;
      thread.active = false;
    }
    this.installHooks?.(from);
    if (status === YIELD) return this.#yielded(thread);
    if (status === OK) {
      thread.dead = true;
      const values = valuesFrom(L, L.ci.funcOff + 1);
      lapi.lua_settop(L, 0);
      return { kind: "ended", values };
    }
    thread.dead = true;
    this.rethrowFatal();
    // An exception that could not be translated, for want of stack.
    const value = status === NATIVE_ERROR || L.status === OK
      ? "stack overflow"
      : fromVm(L.stack[L.top - 1]!);
    return { kind: "failed", error: new LuaError(value) };
  }

  #yielded(thread: Thread): Outcome {
    const L = thread.vm;
    if (thread.interrupted) {
      thread.interrupted = false;
      return { kind: "suspended", suspension: undefined };
    }
    const { suspension } = thread;
    if (suspension !== undefined) {
      thread.suspension = undefined;
      return { kind: "suspended", suspension };
    }
    const values = valuesFrom(L, L.ci.funcOff + 1);
    lapi.lua_settop(L, 0);
    return { kind: "yielded", values };
  }

  /**
   * Checks that the running coroutine can yield; else raises, with the
   * position of the caller.
   */
  checkYieldable(L: State): void {
    if (L.nny === 0) return;
    this.raise(L, this.#whyNotYieldable(L));
  }

  /** What to say when a thread cannot yield. */
  #whyNotYieldable(L: State): string {
    return L === L.l_G.mainthread
      ? "attempt to yield from outside a coroutine"
      : "attempt to yield across C-call boundary";
  }

  /** The error for a thread that cannot yield. */
  notYieldable(L: State): LuaError {
    return new LuaError(this.where(1) + this.#whyNotYieldable(L));
  }

  /** Called by the VM for an exception, to make an error value of it. */
  readonly #translateException: NativeFunction = (L) => {
    const error = L.stack[L.ci.funcOff + 1]!.value;
    if (this.fatal === undefined && isStackOverflow(error)) {
      push(L, where(L, 1, false) + "stack overflow");
      return 1;
    }
    this.fatal ??= { error };
    throw error; // the VM then gives up with NATIVE_ERROR
  };
}
