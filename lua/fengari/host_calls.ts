/**
 * Host functions as the VM calls them: plain ones, those that suspend the
 * coroutine, and generators that call back into Lua.
 *
 * Hot path (tests/bench): no closure, no rest argument for up to three
 * arguments.
 */
import { LuaError } from "../errors.ts";
import {
  HostCall,
  type HostFunction,
  type HostResult,
  Multi,
  Suspension,
} from "../host.ts";
import type { LuaValue } from "../value.ts";
import type { Continuation, NativeFunction, State } from "./internals.ts";
import { type Machine, protectedCall, reserve } from "./machine.ts";
import { fromVm, push, valuesFrom } from "./values.ts";
import { lapi, ldo, NATIVE_ERROR, OK, YIELD } from "./vm.ts";

type HostGenerator = Generator<HostCall | Suspension, HostResult, LuaValue[]>;

/** Makes a host function callable by the VM. */
export function nativeFunction(
  machine: Machine,
  fn: HostFunction,
): NativeFunction {
  return (L) => {
    const { stack } = L;
    const first = L.ci.funcOff + 1;
    let result: HostResult | HostGenerator;
    try {
      switch (L.top - first) {
        case 0:
          result = fn();
          break;
        case 1:
          result = fn(fromVm(stack[first]!));
          break;
        case 2:
          result = fn(fromVm(stack[first]!), fromVm(stack[first + 1]!));
          break;
        case 3:
          result = fn(
            fromVm(stack[first]!),
            fromVm(stack[first + 1]!),
            fromVm(stack[first + 2]!),
          );
          break;
        default:
          result = fn(...valuesFrom(L, first));
      }
    } catch (error) {
      return machine.raiseException(L, error);
    }
    return finish(machine, L, result);
  };
}

/** Pushes what a host function returned, suspends, or drives its generator. */
function finish(
  machine: Machine,
  L: State,
  result: HostResult | HostGenerator,
): number {
  if (typeof result === "object" && result !== null) {
    if (result instanceof Multi) return pushAll(L, result.values);
    if (result instanceof Suspension) return suspend(machine, L, result);
    if (!("luaType" in result)) {
      return drive(machine, L, result as HostGenerator, [], undefined);
    }
  }
  push(L, result as LuaValue);
  return 1;
}

function pushAll(L: State, values: readonly LuaValue[]): number {
  const count = values.length;
  reserve(L, count);
  for (let i = 0; i < count; i++) push(L, values[i]);
  return count;
}

function suspend(machine: Machine, L: State, suspension: Suspension): number {
  machine.checkYieldable(L);
  L.thread.suspension = suspension;
  lapi.lua_settop(L, 0);
  return ldo.lua_yieldk(L, 0, machine, afterYield);
}

/** Goes on after a yield: the values that it was resumed with are results. */
export const afterYield: Continuation = (L, _status, machine) => {
  const { thread } = L;
  const error = thread.pendingError;
  if (error !== undefined) {
    thread.pendingError = undefined;
    (machine as Machine).raiseValue(L, error.value);
  }
  return L.top - (L.ci.funcOff + 1);
};

/** A generator that waits for a call or a wake. */
interface Driven {
  readonly machine: Machine;
  readonly generator: HostGenerator;
}

/**
 * Runs a generator until it returns. What it yields is done in between, and
 * its result, or its error, is handed to the generator.
 */
function drive(
  machine: Machine,
  L: State,
  generator: HostGenerator,
  values: LuaValue[],
  error: LuaError | undefined,
): number {
  const driven: Driven = { machine, generator };
  for (;;) {
    let step: IteratorResult<HostCall | Suspension, HostResult>;
    try {
      step = error === undefined
        ? generator.next(values)
        : generator.throw(error);
    } catch (thrown) {
      return machine.raiseException(L, thrown);
    }
    lapi.lua_settop(L, 0);
    if (step.done) return finish(machine, L, step.value);
    const request = step.value;
    error = undefined;
    if (request instanceof HostCall) {
      push(L, request.callee);
      const argc = pushAll(L, request.args);
      const status = protectedCall(L, argc, 0, driven, afterCall);
      if (status === OK) values = valuesFrom(L, L.ci.funcOff + 1);
      else error = errorOfCall(machine, L, status);
    } else if (request instanceof Suspension) {
      if (L.nny > 0) {
        error = machine.notYieldable(L);
      } else {
        L.thread.suspension = request;
        return ldo.lua_yieldk(L, 0, driven, afterWait);
      }
    } else {
      throw new TypeError("Cannot run a host function: it yielded no request");
    }
  }
}

/** The error that a protected call left. A defect of the host goes on. */
export function errorOfCall(
  machine: Machine,
  L: State,
  status: number,
): LuaError {
  machine.rethrowFatal();
  return new LuaError(
    status === NATIVE_ERROR ? "stack overflow" : fromVm(L.stack[L.top - 1]!),
  );
}

const afterCall: Continuation = (L, status, ctx) => {
  const { machine, generator } = ctx as Driven;
  return status === OK || status === YIELD
    ? drive(
      machine,
      L,
      generator,
      valuesFrom(L, L.ci.funcOff + 1),
      undefined,
    )
    : drive(machine, L, generator, [], errorOfCall(machine, L, status));
};

const afterWait: Continuation = (L, _status, ctx) => {
  const { machine, generator } = ctx as Driven;
  const { thread } = L;
  const error = thread.pendingError;
  thread.pendingError = undefined;
  const values = valuesFrom(L, L.ci.funcOff + 1);
  return drive(machine, L, generator, values, error);
};
