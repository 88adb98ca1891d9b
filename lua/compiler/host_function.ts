/**
 * Host functions as emitted code calls them. The wrapper's JavaScript name
 * tells stack.ts that the frame is one of a host function.
 */
import { callValue } from "./calls.ts";
import { InternalError, LuaError } from "../errors.ts";
import {
  HostCall,
  type HostFunction,
  type HostResult,
  Multi,
  Suspension,
} from "../host.ts";
import type { LuaFunction, LuaValue } from "../value.ts";
import { give, raised, results, toLuaError } from "./execution.ts";
import { runtime } from "./messages.ts";
import { dropFrames, Reason, S, X } from "./registers.ts";
import { type Callable, type Record, type Resumer } from "./records.ts";
import {
  framePosition,
  HOST_PREFIX,
  INNER_PREFIX,
  stackFrames,
} from "./stack.ts";
import { Table } from "./table.ts";

type HostGenerator = Generator<HostCall | Suspension, HostResult, LuaValue[]>;
type PlainFunction = (...args: LuaValue[]) => HostResult;

const GeneratorFunction = (function* () {}).constructor;

/** Functions that look at the stack by level, see {@link inspecting}. */
const INSPECTORS = new Set(["getfenv", "setfenv", "module"]);

/** Gives a function the name that makes it a host function in tracebacks. */
export function nameHost<T extends (...args: never[]) => unknown>(
  name: string,
  fn: T,
): T {
  Object.defineProperty(fn, "name", { value: HOST_PREFIX + name });
  return fn;
}

/** Names what a host function calls to do its work, or to go on with it. */
export function nameInner<T extends (...args: never[]) => unknown>(
  name: string,
  fn: T,
): T {
  Object.defineProperty(fn, "name", { value: INNER_PREFIX + name });
  return fn;
}

/** A host function as a Lua value. */
export function hostFunction(name: string, fn: HostFunction): LuaFunction {
  const callable = fn instanceof GeneratorFunction
    ? generatorFunction(name, fn as (...args: LuaValue[]) => HostGenerator)
    : INSPECTORS.has(name)
    ? inspecting(
      name,
      nameInner(name, plainFunction(name, fn as PlainFunction)),
    )
    : plainFunction(name, fn as PlainFunction);
  return callable as unknown as LuaFunction;
}

function plainFunction(name: string, fn: PlainFunction): Callable {
  const made = (timesMade.get(name) ?? 0) + 1;
  timesMade.set(name, made);
  if (made > FEW_TIMES) return makerOf(name)(fn, finish);
  return nameHost(name, (...args: LuaValue[]) => {
    const result = fn(...args);
    return typeof result === "object" ? finish(result) : result;
  });
}

type Maker = (fn: PlainFunction, end: typeof finish) => Callable;

/** How many functions of a name were made. */
const timesMade = new Map<string, number>();
/** To name a function takes V8 0.5 µs; past this many it is born with it. */
const FEW_TIMES = 8;
const makers = new Map<string, Maker>();

/** What makes functions of one name, such as the iterators of `gmatch`. */
function makerOf(name: string): Maker {
  let maker = makers.get(name);
  if (maker === undefined) {
    const key = JSON.stringify(HOST_PREFIX + name);
    maker = new Function(
      "fn",
      "end",
      `return{${key}:(...args)=>{const result=fn(...args);` +
        `return typeof result==="object"?end(result):result}}[${key}]`,
    ) as Maker;
    makers.set(name, maker);
  }
  return maker;
}

/** Turns what a host function returned into results. */
function finish(result: HostResult): LuaValue | null {
  if (result instanceof Table) return result;
  if (result instanceof Multi) return give(result.values);
  if (result instanceof Suspension) return suspend(result);
  if (result === null) throw new InternalError("A host function returned null");
  return result;
}

function suspend(suspension: Suspension): null {
  const execution = X.execution!;
  if (execution.thread === undefined) {
    refuseYield(
      execution.state.currentThread === undefined
        ? runtime.yieldOutside
        : runtime.yieldAcross,
    );
  }
  execution.suspension = suspension;
  X.reason = Reason.Suspend;
  return null;
}

/** Raises the error of a suspension where none is possible. */
export function refuseYield(message: string): never {
  throw new LuaError(
    framePosition(stackFrames(undefined, 32)[1]) + message,
  );
}

/**
 * A function that needs the stack's closures: it runs after the stack has
 * moved to the heap, where records name them.
 *
 * @param always Also when the first argument is a function, not a level.
 */
export function inspecting(
  name: string,
  run: Callable,
  always = false,
): Callable {
  const resumer: Resumer = {
    resume: (record) => {
      X.r = undefined;
      return run(...record[2] as LuaValue[]);
    },
  };
  return nameHost(name, (...args: LuaValue[]) => {
    if (typeof args[0] === "function" && !always) return run(...args);
    X.reason = Reason.Unwind;
    return S([resumer, 0, args, undefined]);
  });
}

function generatorFunction(
  name: string,
  fn: (...args: LuaValue[]) => HostGenerator,
): Callable {
  const resumer: Resumer = {
    hostName: name,
    resume: (record, value) => {
      const generator = record[2] as HostGenerator;
      const values = results(value);
      return advance(record, generator, () => generator.next(values));
    },
    catch: (record, error) => {
      const generator = record[2] as HostGenerator;
      return advance(record, generator, () => generator.throw(error));
    },
  };
  // Named, so that the frame shows also while the generator is being resumed.
  const advance = nameInner(
    name,
    (
      record: Record | undefined,
      generator: HostGenerator,
      step: () => IteratorResult<HostCall | Suspension, HostResult>,
    ) => {
      for (let state = step();;) {
        if (state.done) {
          const result = state.value;
          X.r = undefined;
          return typeof result === "object" ? finish(result) : result;
        }
        let value: LuaValue | null;
        try {
          value = state.value instanceof HostCall
            ? callValue(state.value.callee, [...state.value.args])
            : suspend(state.value);
        } catch (error) {
          state = generator.throw(toLuaError(error));
          continue;
        }
        if (value !== null) {
          state = generator.next(results(value));
        } else if (X.reason === Reason.Raise) {
          dropFrames();
          state = generator.throw(raised());
        } else return S(record ?? [resumer, 0, generator, undefined]);
      }
    },
  );
  return nameHost(name, (...args: LuaValue[]) => {
    const generator = fn(...args);
    return advance(undefined, generator, () => generator.next([]));
  });
}
