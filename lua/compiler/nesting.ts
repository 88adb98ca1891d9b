/**
 * Whether another coroutine or call from host code may nest. Each takes a piece
 * of JavaScript's stack, whose size depends on the thread and on how V8 was
 * started, and cannot be asked for; but a call with very many arguments, which
 * lie on the stack, is refused when there is no room for them.
 */

/** So many always find room: V8's smallest default allows for them. */
export const NESTING_WITHOUT_CARE = 80;

/** Kept free for what runs in the innermost one, in words of 8 bytes. */
const RESERVE: undefined[] = new Array(12_288).fill(undefined);

/** Whether the stack has room for one more. Takes a few microseconds. */
export function mayNest(): boolean {
  try {
    Reflect.apply(doNothing, undefined, RESERVE);
    return true;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return false;
  }
}

function doNothing(): void {}
