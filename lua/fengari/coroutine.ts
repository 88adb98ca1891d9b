/**
 * The coroutine library. A coroutine that a host function suspended, when Lua
 * code had resumed it, is reported to {@link LuaState.onSuspend}; its resume
 * returns `true` and nothing else.
 */
import { LuaError } from "../errors.ts";
import type { LuaFunction } from "../value.ts";
import { afterYield } from "./host_calls.ts";
import type { NativeFunction, State } from "./internals.ts";
import { reserve } from "./machine.ts";
import {
  argument,
  argumentCount,
  badArgument,
  badType,
  isFunctionSlot,
  libraryTable,
  register,
  results,
} from "./natives.ts";
import type { FengariState } from "./state.ts";
import { push, type Thread } from "./values.ts";
import { ldo, lobject, THREAD } from "./vm.ts";

/** Puts the library into the globals. */
export function installCoroutine(state: FengariState): void {
  const { machine } = state;

  function checkFunction(L: State): LuaFunction {
    const slot = argument(L, 0);
    if (!isFunctionSlot(slot)) badType(state, L, 0, "function");
    return slot!.value as LuaFunction;
  }

  function checkThread(L: State): Thread {
    const slot = argument(L, 0);
    if (slot?.type !== THREAD) badArgument(state, L, 0, "coroutine expected");
    return (slot!.value as State).thread;
  }

  /** Resumes with the arguments from `skip` on; pushes results or throws. */
  function resumeWith(L: State, thread: Thread, skip: number): number {
    const { status, vm } = thread;
    if (status !== "suspended") {
      throw new LuaError(
        status === "dead"
          ? "cannot resume dead coroutine"
          : "cannot resume running coroutine",
      );
    }
    const argc = Math.max(0, argumentCount(L) - skip);
    reserve(vm, argc);
    for (let i = L.top - argc; i < L.top; i++) {
      const slot = L.stack[i]!;
      vm.stack[vm.top++] = new lobject.TValue(slot.type, slot.value);
    }
    const outcome = machine.resume(thread, argc);
    switch (outcome.kind) {
      case "ended":
      case "yielded": {
        const { values } = outcome;
        reserve(L, values.length + 1);
        for (const value of values) push(L, value);
        return values.length;
      }
      case "suspended":
        if (outcome.suspension !== undefined) {
          state.onSuspend(thread, outcome.suspension);
        }
        return 0;
      case "failed":
        throw outcome.error;
    }
  }

  const create: NativeFunction = (L) =>
    results(L, state.newThread(checkFunction(L)));

  const resume: NativeFunction = (L) => {
    const thread = checkThread(L);
    try {
      const flag = L.top;
      reserve(L, 1);
      const count = resumeWith(L, thread, 1);
      push(L, true);
      // The flag goes in front of the results.
      const slot = L.stack[L.top - 1]!;
      for (let i = L.top - 1; i > flag; i--) L.stack[i] = L.stack[i - 1]!;
      L.stack[flag] = slot;
      return count + 1;
    } catch (error) {
      if (!(error instanceof LuaError)) return machine.raiseException(L, error);
      return results(L, false, error.value);
    }
  };

  const wrap: NativeFunction = (L) => {
    const thread = state.newThread(checkFunction(L)) as Thread;
    const resumer: NativeFunction = (L) => {
      try {
        return resumeWith(L, thread, 0);
      } catch (error) {
        if (!(error instanceof LuaError) || typeof error.value !== "string") {
          return machine.raiseException(L, error);
        }
        return machine.raise(L, error.value);
      }
    };
    return results(L, resumer as unknown as LuaFunction);
  };

  const yield_: NativeFunction = (L) => {
    machine.checkYieldable(L);
    return ldo.lua_yieldk(L, argumentCount(L), machine, afterYield);
  };

  const status: NativeFunction = (L) => results(L, checkThread(L).status);

  const running: NativeFunction = (L) => results(L, state.currentThread);

  const isyieldable: NativeFunction = (L) => results(L, L.nny === 0);

  register(libraryTable(state, "coroutine"), {
    create,
    resume,
    wrap,
    yield: yield_,
    status,
    running,
    isyieldable,
  });
}
