/**
 * How long a regular expression made from a Lua pattern may take: V8 asks
 * nobody while it backtracks, so string_search.ts gives it only what ends soon.
 *
 * A bound, not a forecast: of the unlimited repeats, the ones that may give
 * characters back to what follows multiply; the others add up; and the last
 * ones, behind which nothing can fail, are free.
 */
import { bracketSet, type ByteSet, classEnd, classOf } from "./string_class.ts";

/** What bounds the steps of matching at one start in `n` characters. */
export interface Cost {
  /** Of `n ** degree`. */
  readonly degree: number;
  /** Parts with `?` that double it. */
  readonly doublings: number;
  /** What the first character of a match is, if anything is known of it. */
  readonly first: ByteSet | undefined;
}

interface Part {
  /** What it matches; `undefined` for whatever a capture holds. */
  readonly set: ByteSet | undefined;
  readonly repeat: "" | "?" | "*" | "+" | "-";
}

const ANY = new Uint8Array(256).fill(1);

/** The cost of a pattern, without its `^`, that string_regexp.ts translates. */
export function costOf(pattern: string): Cost {
  const parts = partsOf(pattern);
  const ends = pattern.endsWith("$") && !pattern.endsWith("%$");
  let degree = 0, doublings = 0;
  // What may stand behind a part, and whether that can fail.
  let follow = new Uint8Array(256);
  let mayFail = ends;
  for (const { set, repeat } of parts.toReversed()) {
    if (set === undefined) {
      degree++;
      mayFail = true;
      follow = ANY.slice();
      continue;
    }
    const isAmbiguous = mayFail && overlaps(set, follow);
    if (repeat === "?") doublings += isAmbiguous ? 1 : 0;
    else if (repeat !== "" && mayFail) {
      degree = isAmbiguous ? degree + 1 : Math.max(degree, 1);
    }
    if (repeat === "" || repeat === "+") {
      mayFail = true;
      follow = set.slice();
    } else {
      follow = follow.map((bit, c) => bit | set[c]!);
    }
  }
  const [head] = parts;
  const isNeeded = head?.repeat === "" || head?.repeat === "+";
  const first = isNeeded && head.set !== ANY ? head.set : undefined;
  return { degree, doublings, first };
}

function overlaps(a: ByteSet, b: ByteSet): boolean {
  return a.some((bit, c) => bit === 1 && b[c] === 1);
}

/** The parts that take characters, of a pattern that has no mistakes. */
function partsOf(pattern: string): Part[] {
  const parts: Part[] = [];
  for (let p = 0; p < pattern.length;) {
    const c = pattern[p]!;
    if (c === "(" || c === ")" || (c === "$" && p + 1 === pattern.length)) {
      p++;
      continue;
    }
    const next = pattern[p + 1] ?? "";
    if (c === "%" && next === "f") {
      // Looks at a character, which may be any, and may fail.
      parts.push({ set: ANY, repeat: "" });
      p = classEnd(pattern, p + 2);
      continue;
    }
    if (c === "%" && next >= "0" && next <= "9") {
      parts.push({ set: undefined, repeat: "" });
      p += 2;
      continue;
    }
    const after = classEnd(pattern, p);
    const set = setOf(pattern, p, after);
    const repeat = pattern[after] ?? "";
    const isRepeated = "?*+-".includes(repeat) && repeat !== "";
    parts.push({ set, repeat: isRepeated ? repeat as Part["repeat"] : "" });
    p = isRepeated ? after + 1 : after;
  }
  return parts;
}

function setOf(pattern: string, p: number, after: number): ByteSet {
  if (pattern[p] === ".") return ANY;
  if (pattern[p] === "[") return bracketSet(pattern.slice(p, after));
  const code = pattern.charCodeAt(pattern[p] === "%" ? p + 1 : p);
  const members = pattern[p] === "%" ? classOf(code) : undefined;
  if (members !== undefined) return members;
  const set = new Uint8Array(256);
  set[code] = 1;
  return set;
}
