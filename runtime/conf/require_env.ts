/**
 * `require_env`: whether the environment is as a part of a configuration wants
 * it. `NAME`: the variable is set; `NAME=text`: it is this; `NAME~pattern`: a
 * PCRE matches it; `!` in front: not so. Specification: runtime.md §1.3.
 */
import { environmentVariable } from "../posix/environment.ts";
import { Matcher } from "../pcre/matcher.ts";

/**
 * Whether a condition holds.
 *
 * @param condition The value of the attribute.
 * @throws {PatternError} When its pattern is none.
 */
export function environmentMeets(condition: string): boolean {
  const negated = condition.startsWith("!");
  return holds(negated ? condition.slice(1) : condition) !== negated;
}

function holds(condition: string): boolean {
  const equals = condition.indexOf("=");
  if (equals >= 0) {
    return (environmentVariable(condition.slice(0, equals)) ?? "") ===
      condition.slice(equals + 1);
  }
  const tilde = condition.indexOf("~");
  if (tilde >= 0) {
    return new Matcher(condition.slice(tilde + 1))
      .test(environmentVariable(condition.slice(0, tilde)) ?? "");
  }
  return environmentVariable(condition) !== undefined;
}
