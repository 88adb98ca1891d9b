/**
 * What PCRE 1 would have said: the differences between the two libraries when
 * they compile a pattern. The mtev API promises PCRE 1's dialect and error
 * texts, systems ship PCRE2. Not a parser: PCRE2 does the work, and only where
 * it stops does this file look at the pattern.
 *
 * The table was made by giving both libraries the same patterns
 * (tests/runtime/pcre/pcre1_errors.txt holds what PCRE 1.8.39 answered), so a
 * change here is right only if that recording still agrees.
 */

/** PCRE2's numbers of compile errors start at 101, PCRE 1's at 1. */
const BASE = 100;

/** The texts of PCRE 1 by its error numbers. */
const MESSAGES: Readonly<Record<number, string>> = {
  1: "\\ at end of pattern",
  2: "\\c at end of pattern",
  4: "numbers out of order in {} quantifier",
  5: "number too big in {} quantifier",
  6: "missing terminating ] for character class",
  8: "range out of order in character class",
  9: "nothing to repeat",
  12: "unrecognized character after (? or (?-",
  13: "POSIX named classes are supported only within a class",
  14: "missing )",
  15: "reference to non-existent subpattern",
  18: "missing ) after comment",
  22: "unmatched parentheses",
  24: "unrecognized character after (?<",
  25: "lookbehind assertion is not fixed length",
  26: "malformed number or name after (?(",
  27: "conditional group contains more than two branches",
  28: "assertion expected after (?( or (?(?C)",
  29: "(?R or (?[+-]digits must be followed by )",
  30: "unknown POSIX class name",
  31: "POSIX collating elements are not supported",
  34: "character value in \\x{} or \\o{} is too large",
  35: "invalid condition (?(0)",
  36: "\\C not allowed in lookbehind assertion",
  37: "PCRE does not support \\L, \\l, \\N{name}, \\U, or \\u",
  38: "number after (?C is > 255",
  39: "closing ) for (?C expected",
  41: "unrecognized character after (?P",
  42: "syntax error in subpattern name (missing terminator)",
  43: "two named subpatterns have the same name",
  44: "invalid UTF-8 string",
  46: "malformed \\P or \\p sequence",
  47: "unknown property name after \\P or \\p",
  48: "subpattern name is too long (maximum 32 characters)",
  51: "octal value is greater than \\377 in 8-bit non-UTF-8 mode",
  54: "DEFINE group contains more than one branch",
  57:
    "\\g is not followed by a braced, angle-bracketed, or quoted name/number or by a plain number",
  58: "a numbered reference must not be zero",
  60: "(*VERB) not recognized or malformed",
  61: "number is too big",
  62: "subpattern name expected",
  63: "digit expected after (?+",
  65: "different names for subpatterns of the same number are not allowed",
  66: "(*MARK) must have an argument",
  68: "\\c must be followed by an ASCII character",
  69: "\\k is not followed by a braced, angle-bracketed, or quoted name",
  71: "\\N is not supported in a class",
  75: "name is too long in (*MARK), (*PRUNE), (*SKIP), or (*THEN)",
  79: "non-hex character in \\x{} (closing brace missing?)",
  80: "non-octal character in \\o{} (closing brace missing?)",
  81: "missing opening brace after \\o",
  82: "parentheses are too deeply nested",
  83: "invalid range in character class",
  84: "group name must start with a non-digit",
  86: "digits missing in \\x{} or \\o{}",
};

/** The errors that have the same number and place in both libraries. */
const SAME = new Set(
  [1, 2, 4, 5, 6, 8, 9, 18, 22, 26, 27, 28, 30, 34, 38, 39, 41, 48, 58, 66, 68],
);

/** Why a pattern does not compile, as PCRE 1 words it. */
export interface CompileFailure {
  readonly message: string;
  /** Bytes from the start of the pattern. */
  readonly offset: number;
}

/** A change that lets PCRE2 read a pattern as PCRE 1 did. */
export interface Rewrite {
  readonly pattern: string;
  /** Where the pattern changed, and by how many bytes it grew there. */
  readonly at: number;
  readonly grew: number;
}

/**
 * Finds the change that makes PCRE2 accept what PCRE 1 took: an unknown escape
 * such as `\y`, which meant the letter, and a hyphen after a class such as
 * `[\d-z]`, which meant itself.
 *
 * @param pattern The pattern that PCRE2 refused
 * @param code PCRE2's error number
 * @param offset PCRE2's error offset
 * @returns The change, or `undefined` when PCRE 1 would have refused it too
 */
export function rewriteForPcre1(
  pattern: string,
  code: number,
  offset: number,
): Rewrite | undefined {
  switch (code - BASE) {
    case 3: // unrecognized character follows \
    case 7: // escape sequence is invalid in character class
      return spellOut(pattern, offset - 1);
    case 37: // \F, which PCRE 1 did not know
      return pattern[offset - 1] === "F"
        ? spellOut(pattern, offset - 2)
        : undefined;
    case 15: { // \8 and \9 without such groups
      const backslash = pattern.lastIndexOf("\\", offset - 1);
      return /^\\[89]/.test(pattern.slice(backslash))
        ? spellOut(pattern, backslash)
        : undefined;
    }
    case 50: { // invalid range in character class
      const hyphen = pattern.lastIndexOf("-", offset);
      if (!/(?:\\[a-zA-Z]|:\])$/.test(pattern.slice(0, hyphen))) return;
      return {
        pattern: pattern.slice(0, hyphen) + "\\" + pattern.slice(hyphen),
        at: hyphen,
        grew: 1,
      };
    }
  }
  return undefined;
}

/** Writes the escaped character at `backslash` as `\xhh`, which joins nothing. */
function spellOut(pattern: string, backslash: number): Rewrite | undefined {
  if (pattern[backslash] !== "\\") return undefined;
  const hex = pattern.charCodeAt(backslash + 1).toString(16).padStart(2, "0");
  return {
    pattern: `${pattern.slice(0, backslash)}\\x${hex}${
      pattern.slice(backslash + 2)
    }`,
    at: backslash,
    grew: 2,
  };
}

/**
 * Words and places a compile error as PCRE 1 does.
 *
 * @param pattern The pattern
 * @param code PCRE2's error number
 * @param offset PCRE2's error offset, in bytes
 * @returns PCRE 1's text and offset, or `undefined` for an error that PCRE 1
 *   did not have
 */
export function describeAsPcre1(
  pattern: string,
  code: number,
  offset: number,
): CompileFailure | undefined {
  const [number, at] = code < 0
    ? [44, offset] // PCRE2 has a number for each way of breaking UTF-8
    : translate(pattern, code - BASE, offset);
  const message = MESSAGES[number];
  return message === undefined ? undefined : { message, offset: at };
}

function translate(
  pattern: string,
  code: number,
  offset: number,
): readonly [code: number, offset: number] {
  const before = pattern.slice(0, offset);
  switch (code) {
    case 11:
      return [12, caretOption(pattern) ?? offset];
    case 12:
      return [13, offset];
    case 13:
      return [31, offset];
    case 14:
      return unclosed(pattern, offset);
    case 15:
      return missingGroup(pattern, offset);
    case 19:
      return [82, offset];
    case 24:
      return [26, offset];
    case 25: // PCRE 1 noticed at the end of the assertion
    case 36:
      return [code, closingParenthesis(pattern, offset)];
    case 29:
      return [63, offset + 1];
    case 42:
      return [/\(\?\([<']?\w+$/.test(before) ? 26 : 42, offset];
    case 43:
    case 65:
      return [code, offset - 1];
    case 44:
      return [84, offset];
    case 46:
      return /\\[pP]\{?[^\\]*$/.test(before) && !/\\[pP][^{]$/.test(before)
        ? [46, offset]
        : [47, offset - 1];
    case 37:
    case 47:
    case 51:
    case 69:
    case 71:
      return [code, offset - 1];
    case 50:
      return [83, offset - 1];
    case 54:
      return [54, closingParenthesis(pattern, offset - 3)];
    case 55:
      return [81, pattern.lastIndexOf("\\o", offset) + 1];
    case 57:
      return [58, offset - 1];
    case 60:
    case 95:
      return verb(pattern, offset);
    case 61:
      return [61, offset + /^[{+-]?\d*/.exec(pattern.slice(offset))![0].length];
    case 62:
      return [nameExpected(before, pattern[offset]), offset];
    case 64:
      return [80, offset];
    case 67:
      return [79, offset];
    case 76:
      return [75, offset];
    case 78:
      if (pattern[offset] === "}") return [86, offset];
      return [before.endsWith("\\o{") ? 80 : 79, offset];
    case 81:
    case 82:
      return [39, offset];
    case 93:
      return [37, offset - 1];
    default:
      return [SAME.has(code) ? code : 0, offset];
  }
}

/** Where PCRE 1 met the `^` of `(?^`, which is newer than it. */
function caretOption(pattern: string): number | undefined {
  const caret = pattern.indexOf("(?^");
  return caret < 0 ? undefined : caret + 2;
}

/** The pattern ends inside a group; PCRE 1 says more of how it began. */
function unclosed(pattern: string, offset: number): readonly [number, number] {
  const caret = caretOption(pattern);
  if (caret !== undefined) return [12, caret];
  const opening = /\(\?([^()\\]*|\()$/.exec(pattern);
  const start = opening?.[1];
  if (start === undefined) return [14, offset];
  if (start === "(") return [28, offset];
  if (/^C\d*$/.test(start)) return [39, offset];
  if (start === "P") return [41, offset];
  if (/^(?:R|[+-]?\d+)$/.test(start)) return [29, offset];
  if (!/^[imsnxJUX-]*$/.test(start)) return [14, offset];
  const known = /^[imsxJUX-]*/.exec(start)![0].length; // `n` is newer
  return [12, opening!.index + 2 + known];
}

/** A reference to a group that is not there. */
function missingGroup(
  pattern: string,
  offset: number,
): readonly [number, number] {
  const before = pattern.slice(0, offset);
  if (
    /\(\?\([^()]*$/.test(before.slice(0, offset + 1)) || /\(\?$/.test(before)
  ) {
    const end = pattern.indexOf(")", offset);
    return [/\(\?\(0+$/.test(pattern.slice(0, end)) ? 35 : 15, end + 1];
  }
  // Numbered back references were resolved at the end of the pattern.
  if (/\\(?:g?\d*|g\{\d+)$/.test(before) && /[\d}]/.test(pattern[offset]!)) {
    return [15, pattern.length];
  }
  if (/\\g-\d+$/.test(before)) return [15, offset - 1];
  if (/\\g$/.test(before)) return [15, pattern.indexOf("}", offset)];
  return [15, offset + /^[A-Za-z_]\w*|/.exec(pattern.slice(offset))![0].length];
}

/** `(*` begins a verb only before a letter or a colon; digits end its name. */
function verb(pattern: string, offset: number): readonly [number, number] {
  const start = pattern.lastIndexOf("(*", offset);
  const [name] = /^[A-Za-z]*:?/.exec(pattern.slice(start + 2))!;
  if (name === "") return [9, start + 1];
  const end = start + 2 + name.length;
  return [60, /\d/.test(pattern[end] ?? "") ? end : offset];
}

/** What PCRE 1 said where a name begins but does not follow. */
function nameExpected(before: string, next: string | undefined): number {
  if (/\(\?\([<']?$/.test(before)) return 28;
  if (before.endsWith("(?<")) return 24;
  if (/\(\?(?:P<|')$/.test(before)) return 42;
  if (!before.endsWith("\\g{")) return 62;
  return next === undefined ? 57 : next === "}" ? 58 : 62;
}

/** The index of the parenthesis that closes the group opened at `open`. */
function closingParenthesis(pattern: string, open: number): number {
  let depth = 0;
  let inClass = false;
  for (let index = open; index < pattern.length; index++) {
    const character = pattern[index];
    if (character === "\\") index++;
    else if (inClass) inClass = character !== "]";
    else if (character === "[") {
      inClass = true;
      if (pattern[index + 1] === "^") index++;
      if (pattern[index + 1] === "]") index++;
    } else if (character === "(") depth++;
    else if (character === ")" && --depth === 0) return index;
  }
  return open;
}
