/**
 * Hooks: the host's interrupt handler and the program's `debug.sethook`, which
 * share the VM's one hook per coroutine. Installed on a coroutine each time it
 * is resumed, so that those made before a hook was set have it too.
 */
import type { InterruptHandler } from "../host.ts";
import type { LuaFunction } from "../value.ts";
import type { Hook, State } from "./internals.ts";
import type { Machine } from "./machine.ts";
import { push } from "./values.ts";
import { CIST_LUA, lapi, ldebug, ldo } from "./vm.ts";

/** Instructions between two calls of the interrupt handler. */
const INTERRUPT_INTERVAL = 1000;

const EVENTS = ["call", "return", "line", "count", "tail call"];
const COUNT = 3;
const MASK_LINE = 1 << 2;
const MASK_COUNT = 1 << COUNT;
const CIST_HOOKYIELD = 1 << 6;

/** What `debug.sethook` was given. */
export interface ProgramHook {
  readonly fn: LuaFunction;
  readonly events: string;
  readonly count: number;
}

/** The hooks of one state. */
export class Hooks {
  readonly #machine: Machine;
  #interrupt: InterruptHandler | undefined;
  #program: ProgramHook | undefined;
  #untilInterrupt = INTERRUPT_INTERVAL;
  #untilCount = 0;
  #step = 0;
  #mask = 0;

  constructor(machine: Machine) {
    this.#machine = machine;
    machine.installHooks = (L) => this.#install(L);
  }

  /** The hook of the program, if it set one. */
  get program(): ProgramHook | undefined {
    return this.#program;
  }

  /** Sets or removes the host's handler. */
  setInterrupt(handler: InterruptHandler | undefined): void {
    this.#interrupt = handler;
    this.#untilInterrupt = INTERRUPT_INTERVAL;
    this.#changed();
  }

  /** Asks the host's handler, which may raise, from inside a host function. */
  askInterrupt(): void {
    this.#interrupt?.();
  }

  /** Sets or removes the program's hook. */
  setProgram(hook: ProgramHook | undefined): void {
    this.#program = hook;
    this.#untilCount = hook?.count ?? 0;
    this.#changed();
  }

  /** Makes `L`, which an interrupt suspended, call {@link run} at once. */
  arm(L: State): void {
    L.ci.callstatus &= ~CIST_HOOKYIELD;
    ldebug.lua_sethook(L, this.run, MASK_COUNT, 1);
  }

  #changed(): void {
    const program = this.#program;
    const count = program?.count ?? 0;
    this.#step = this.#interrupt === undefined
      ? count
      : count > 0
      ? Math.min(count, INTERRUPT_INTERVAL)
      : INTERRUPT_INTERVAL;
    this.#mask = this.#step > 0 ? MASK_COUNT : 0;
    if (program !== undefined) {
      const { events } = program;
      if (events.includes("c")) this.#mask |= 1;
      if (events.includes("r")) this.#mask |= 2;
      if (events.includes("l")) this.#mask |= MASK_LINE;
    }
    const { current } = this.#machine;
    this.#install(current.l_G.mainthread);
    this.#install(current);
  }

  #install(L: State): void {
    const armed = L.thread.pendingError !== undefined &&
      (L.ci.callstatus & CIST_LUA) !== 0;
    const same = L.hookmask === this.#mask && L.basehookcount === this.#step;
    if (armed || same) return;
    ldebug.lua_sethook(
      L,
      this.#mask === 0 ? null : this.run,
      this.#mask,
      this.#step,
    );
  }

  /** Called by the VM. */
  readonly run: Hook = (L, info) => {
    const { pendingError } = L.thread;
    if (pendingError !== undefined) { // armed
      L.thread.pendingError = undefined;
      this.#install(L);
      this.#machine.raiseValue(L, pendingError.value);
    }
    if (info.event === COUNT) {
      this.#untilInterrupt -= this.#step;
      this.#untilCount -= this.#step;
      const program = this.#program;
      if (program !== undefined && program.count > 0 && this.#untilCount <= 0) {
        this.#untilCount = program.count;
        this.#callProgram(L, "count", undefined);
      }
      if (this.#interrupt !== undefined && this.#untilInterrupt <= 0) {
        this.#untilInterrupt = INTERRUPT_INTERVAL;
        this.#callInterrupt(L);
      }
    } else {
      this.#callProgram(
        L,
        EVENTS[info.event]!,
        info.currentline < 0 ? undefined : info.currentline,
      );
    }
  };

  #callProgram(L: State, event: string, line: number | undefined): void {
    if (this.#program === undefined) return;
    push(L, this.#program.fn);
    push(L, event === "tail call" ? "call" : event);
    push(L, line);
    lapi.lua_callk(L, 2, 0, 0, null);
  }

  #callInterrupt(L: State): void {
    const machine = this.#machine;
    machine.hooked = L;
    let action: "continue" | "yield";
    try {
      action = this.#interrupt!();
    } catch (error) {
      machine.hooked = undefined;
      return machine.raiseException(L, error);
    }
    machine.hooked = undefined;
    if (action === "yield" && L.nny === 0 && L.thread.ownedByHost) {
      L.thread.interrupted = true;
      ldo.lua_yieldk(L, 0, null, null);
    }
  }
}
