/**
 * `mtev.pcre`: regular expressions as functions that walk through a subject.
 * The expressions themselves are in runtime/pcre/. Specification:
 * mtev-lua-api.md §10.1.
 */
import { Matcher, PatternError } from "../../runtime/pcre/matcher.ts";
import type { SearchLimits } from "../../runtime/pcre/library.ts";
import { checkString, looseNumber, raise, toStringArgument } from "../args.ts";
import { definer } from "../define.ts";
import { type HostResult, Multi, multi } from "../host.ts";
import { isTable, type LuaTable, type LuaValue } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state } = context;
  const define = definer(state);

  /**
   * @lua matcher, message, offset = mtev.pcre(expression)
   * Compiles a Perl-compatible regular expression over bytes. Options stand in
   * the expression: `(?i)`, `(?s)`, `(?m)`, `(?x)`, `(*UTF8)`.
   *
   * `matcher(subject, options)` returns true, the match, and its groups up to
   * the last that took part, an empty string for one that did not. Called again
   * with the same subject it goes on behind that match, as if the rest were a
   * string of its own; with another subject it starts anew. Without a match, and
   * at the end of the subject, it returns false. `matcher(nil)` starts anew too,
   * and returns false. An empty match stays where it is.
   *
   * `options` is a table: `limit` and `limit_recurse` bound how often and how
   * deep the search may try from one place, beyond which it counts as no match,
   * as it does when all places together take 16 times `limit`; with
   * `offsets = true` the first result is a table `{start, end, start, end, ...}`
   * of byte offsets from 0, ends exclusive, for the match and each group, or an
   * empty table without a match.
   * @param expression string: the regular expression
   * @return function: the matcher, or nil if the expression is wrong
   * @return string: what is wrong with it, in the words of PCRE 1
   * @return integer: the offset of the mistake, from 0
   * @error `Cannot load libpcre2-8.so.0: …` where the library is not installed
   * @suspends no
   * @example local word = mtev.pcre("\\w+") while true do local found, text = word("to be or not") if not found then break end print(text) end
   * @source mtev-lua-api.md §10.1
   * @compat differs: more than 9 groups work; a search may use 128 MiB, and 16 times `limit` for all places together; expressions run on PCRE2, where recursion without end (`(?R)`) is no error of the expression, `\C` in UTF-8 mode may be switched off, and from PCRE2 10.43 on `{,n}` is a quantifier
   */
  define(mtev, "pcre", (...args) => {
    const expression = checkString(state, args, 0);
    let matcher: Matcher;
    try {
      matcher = new Matcher(expression);
    } catch (error) {
      if (error instanceof PatternError) {
        return multi(undefined, error.message, error.offset);
      }
      if (error instanceof Deno.errors.NotSupported) {
        raise(state, error.message);
      }
      throw error;
    }
    return state.newFunction(
      "matcher",
      (subject, options) => match(matcher, subject, options),
    );
  });

  function match(
    matcher: Matcher,
    value: LuaValue,
    options: LuaValue,
  ): HostResult {
    const subject = typeof value === "string" ? value : toStringArgument(value);
    if (subject === undefined) {
      matcher.reset();
      return false;
    }
    if (options !== undefined && isTable(options)) {
      return matchWith(matcher, subject, options);
    }
    const groups = matcher.next(subject);
    if (groups <= 0) return false;
    const results: LuaValue[] = [true];
    for (let group = 0; group < groups; group++) {
      results.push(matcher.group(group));
    }
    return new Multi(results);
  }

  function matchWith(
    matcher: Matcher,
    subject: string,
    options: LuaTable,
  ): HostResult {
    const groups = matcher.next(subject, limitsOf(options));
    const withOffsets = options.get("offsets") === true;
    if (groups <= 0) return withOffsets ? state.newTable() : false;
    const results: LuaValue[] = [true];
    for (let group = 0; group < groups; group++) {
      results.push(matcher.group(group));
    }
    if (withOffsets) {
      const offsets = state.newTable();
      for (let group = 0; group < groups; group++) {
        offsets.set(2 * group + 1, matcher.start(group));
        offsets.set(2 * group + 2, matcher.end(group));
      }
      results[0] = offsets;
    }
    return new Multi(results);
  }
}

function limitsOf(options: LuaTable): SearchLimits | undefined {
  const matches = options.get("limit");
  const depth = options.get("limit_recurse");
  if (matches === undefined && depth === undefined) return undefined;
  return {
    ...(matches !== undefined && { matches: looseNumber(matches) }),
    ...(depth !== undefined && { depth: looseNumber(depth) }),
  };
}
