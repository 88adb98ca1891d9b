/**
 * Every message that the engine raises, in LuaJIT's words. Not the messages of
 * the standard library, which stand where they are raised.
 */

/** Messages of the lexer and the parser. */
export const syntax = {
  near: (message: string, token: string) => `${message} near '${token}'`,
  expected: (token: string) => `'${token}' expected`,
  expectedOr: (one: string, other: string) => `'${one}' or '${other}' expected`,
  closes: (what: string, open: string, line: number) =>
    `'${what}' expected (to close '${open}' at line ${line})`,
  nameExpected: "'<name>' expected",
  parameterExpected: "<name> or '...' expected",
  unexpectedSymbol: "unexpected symbol",
  syntaxError: "syntax error",
  ambiguousCall: "ambiguous syntax (function call x new statement)",
  argumentsExpected: "function arguments expected",
  noVararg: "cannot use '...' outside a vararg function",
  unfinishedString: "unfinished string",
  unfinishedLongString: "unfinished long string",
  unfinishedLongComment: "unfinished long comment",
  invalidLongString: "invalid long string delimiter",
  invalidEscape: "invalid escape sequence",
  malformedNumber: "malformed number",
  noLoop: "no loop to break",
  undefinedLabel: (name: string) => `undefined label '${name}'`,
  duplicateLabel: (name: string) => `duplicate label '${name}'`,
  jumpsIntoScope: (label: string, local: string) =>
    `<goto ${label}> jumps into the scope of local '${local}'`,
  tooManyLevels: "chunk has too many syntax levels",
  mainLimit: (limit: number, what: string) =>
    `main function has more than ${limit} ${what}`,
  functionLimit: (line: number, limit: number, what: string) =>
    `function at line ${line} has more than ${limit} ${what}`,
};

/** Messages of running code. `name` is as {@link describe} words it. */
export const runtime = {
  index: (name: string | undefined, type: string) =>
    attempt("index", name, type),
  call: (name: string | undefined, type: string) => attempt("call", name, type),
  arithmetic: (name: string | undefined, type: string) =>
    attempt("perform arithmetic on", name, type),
  concatenate: (name: string | undefined, type: string) =>
    attempt("concatenate", name, type),
  length: (name: string | undefined, type: string) =>
    attempt("get length of", name, type),
  compare: (left: string, right: string) =>
    left === right
      ? `attempt to compare two ${left} values`
      : `attempt to compare ${left} with ${right}`,
  forNumber: (what: "initial value" | "limit" | "step") =>
    `'for' ${what === "initial value" ? "initial" : what} ${
      what === "initial value" ? "value " : ""
    }must be a number`,
  nilIndex: "table index is nil",
  nanIndex: "table index is NaN",
  indexLoop: "loop in gettable",
  setIndexLoop: "loop in settable",
  stackOverflow: "stack overflow",
  cStackOverflow: "C stack overflow",
  errorInError: "error in error handling",
  yieldAcross: "attempt to yield across C-call boundary",
  yieldOutside: "attempt to yield from outside a coroutine",
  cannotResume: (status: string) => `cannot resume ${status} coroutine`,
  invalidNext: "invalid key to 'next'",
  tostringResult: "'tostring' must return a string to 'print'",
  cannotDump: "unable to dump given function",
  incompatibleDump: "cannot load incompatible bytecode",
  malformedDump: "cannot load malformed bytecode",
  protectedMetatable: "cannot change a protected metatable",
  invalidOption: "invalid option",
  invalidUpvalue: "invalid upvalue index",
  tooManyResults: "too many results to unpack",
};

function attempt(
  verb: string,
  name: string | undefined,
  type: string,
): string {
  return name === undefined
    ? `attempt to ${verb} a ${type} value`
    : `attempt to ${verb} ${name} (a ${type} value)`;
}
