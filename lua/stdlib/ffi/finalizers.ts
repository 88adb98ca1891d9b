/**
 * Finalizers of cdata, `ffi.gc` and `__gc`. They run when V8 has found the
 * cdata unused, some time later or, at the end of the program, not at all. The
 * cdata itself is gone then: another one of the same memory stands in for it.
 */
import { LuaError } from "../../errors.ts";
import type { LuaState } from "../../host.ts";
import type { LuaValue } from "../../value.ts";
import { Aggregate, type Cdata, Pointer } from "./cdata.ts";

interface Held {
  readonly handler: LuaValue;
  readonly standIn: Cdata;
}

/** The finalizers of a state. */
export class Finalizers implements Disposable {
  readonly #registry: FinalizationRegistry<Held>;
  #disposed = false;

  constructor(state: LuaState) {
    this.#registry = new FinalizationRegistry(({ handler, standIn }) => {
      if (this.#disposed) return;
      try {
        state.call(handler, standIn);
      } catch (error) {
        // It has nowhere to go, as in LuaJIT.
        if (!(error instanceof LuaError)) throw error;
      }
    });
  }

  /** Sets or, with nil, removes the finalizer of a cdata. */
  set(cdata: Pointer | Aggregate, handler: LuaValue): void {
    this.#registry.unregister(cdata);
    if (handler === undefined) return;
    const { home, type, block, offset } = cdata;
    const standIn = cdata instanceof Pointer
      ? new Pointer(home, type, block, offset)
      : new Aggregate(home, type, block, offset, cdata.reference, cdata.size);
    this.#registry.register(cdata, { handler, standIn }, cdata);
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
  }
}
