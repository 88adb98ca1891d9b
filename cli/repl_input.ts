/**
 * What a line typed at the REPL means: an expression, a chunk, or the beginning
 * of one. Nothing is run here.
 */
import { LuaError } from "../lua/errors.ts";
import type { LuaState } from "../lua/host.ts";
import type { LuaFunction } from "../lua/value.ts";

/** Input, understood. */
export type Input =
  /** A function to call; what it returns is to be shown. */
  | { readonly kind: "chunk"; readonly chunk: LuaFunction }
  /** More lines are needed. */
  | { readonly kind: "incomplete" }
  /** It is no Lua; the message says why. */
  | { readonly kind: "wrong"; readonly message: string };

const AT_END = /near '<eof>'$/;

/**
 * Compiles what was typed. An expression may stand alone, or after `=`.
 *
 * @param text The lines so far, a binary string.
 */
export function compileInput(state: LuaState, text: string): Input {
  const expression = text.startsWith("=") ? text.slice(1) : text;
  const asExpression = compile(state, `return ${expression}`);
  if (typeof asExpression !== "string") {
    // A tail call would leave this chunk out of tracebacks.
    const call = compile(
      state,
      `return (function(...) return ... end)(${expression}\n)`,
    );
    return found(typeof call === "string" ? asExpression : call);
  }
  if (text.startsWith("=")) return refused(asExpression);
  const asChunk = compile(state, text);
  if (typeof asChunk !== "string") return found(asChunk);
  return AT_END.test(asExpression) ? { kind: "incomplete" } : refused(asChunk);
}

function found(chunk: LuaFunction): Input {
  return { kind: "chunk", chunk };
}

function refused(message: string): Input {
  return AT_END.test(message)
    ? { kind: "incomplete" }
    : { kind: "wrong", message };
}

/** The function, or the message of the error. */
function compile(state: LuaState, text: string): LuaFunction | string {
  try {
    return state.load(text, "=stdin");
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    return state.tostring(error.value);
  }
}
