/**
 * For tests: makes functions suspend at every call and back-edge and go on at
 * once, so that every program exercises the resumable versions.
 */
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
