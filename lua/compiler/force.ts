/**
 * For tests: other ways to run the same code, which must give the same. A
 * suspension at every call and back-edge makes every program exercise the
 * resumable versions; code without fast paths, the runtime.
 */
import { fastPaths } from "./fast_paths.ts";
import { resetRegisters } from "./execution.ts";
import { X } from "./registers.ts";

/** Starts forcing suspensions; call the result to stop. */
export function forceSuspensions(): () => void {
  X.force = true;
  resetRegisters();
  return () => {
    X.force = false;
    resetRegisters();
  };
}

/** How code is run: as usual, or in one of the other ways. */
export type Variant = "plain" | "forced" | "slow";

/** All ways but the usual one. */
export const OTHER_VARIANTS = ["forced", "slow"] as const;

/** Runs code in one of the ways until disposed. */
export function runAs(variant: Variant): Disposable {
  const undo = variant === "forced" ? forceSuspensions() : undefined;
  fastPaths.off = variant === "slow";
  return {
    [Symbol.dispose]() {
      undo?.();
      fastPaths.off = false;
    },
  };
}
