/**
 * Whether a signal has arrived, for code that keeps the thread so busy that no listener of
 * `Deno.addSignalListener` can run.
 *
 * A signal's handler is made the C library's `sigignore`, which can do nothing but have further
 * signals of the kind ignored: that disposition is the record. Deno calls the handler that it
 * replaces, so listeners, which must be added later, are told of the signal too. Should Deno ever
 * stop doing so, nothing is recorded, and that is all.
 */

import { libc, libcAddress } from "./libc.ts";

const symbols = libc({
  sigaction: { parameters: ["i32", "pointer", "buffer"], result: "i32" },
  signal: { parameters: ["i32", "pointer"], result: "pointer" },
}, { rarely: true });
const sigignore = libcAddress("sigignore");

/** Signals that can be recorded, with the numbers that POSIX gives them. */
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 };

/** A signal that can be recorded. */
export type RecordedSignal = keyof typeof NUMBERS;

const SIG_IGN = 1n;
/** Longer than `struct sigaction`, whose first member is the handler. */
const SIGACTION_WORDS = 32;

/**
 * Has the first arrival of a signal recorded. For signals that end the process: later ones of the
 * kind are ignored, also by children.
 *
 * Call it before any listener is added: with the first one, Deno takes several signals over, and a
 * signal that somebody handles is left alone.
 *
 * @param signal The signal.
 */
export function recordSignal(signal: RecordedSignal): void {
  const handled = (handlerOf(signal) ?? 0n) > SIG_IGN;
  if (sigignore === undefined || handled) return;
  symbols().signal(NUMBERS[signal], sigignore);
}

/**
 * Tells whether a recorded signal has arrived. Not while another thread is in C's `system`, which
 * ignores SIGINT and SIGQUIT meanwhile.
 *
 * @param signal The signal; {@link recordSignal} was called for it.
 */
export function signalArrived(signal: RecordedSignal): boolean {
  return handlerOf(signal) === SIG_IGN;
}

function handlerOf(signal: RecordedSignal): bigint | undefined {
  const action = new BigUint64Array(SIGACTION_WORDS);
  return symbols().sigaction(NUMBERS[signal], null, action) === 0
    ? action[0]
    : undefined;
}
