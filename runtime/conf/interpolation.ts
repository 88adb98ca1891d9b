/**
 * Values that a configuration takes from its surroundings: `ENV:default:{NAME}`
 * as a whole value, and `{{facility:default:{key}}}` anywhere in one. They are
 * replaced when a value is read, not in the document.
 *
 * Specification: runtime.md §1.2, runtime-observed.md 5.
 */
import { environmentVariable } from "../posix/environment.ts";

/** The longest name of a variable in the whole-value form. */
const MAX_NAME = 127;

const EMBEDDED = /\{\{([^:{}]*):([^{}]*?):\{([^{}]*)\}\}\}/g;

/** Replaces both forms in a value. */
export function interpolate(value: string): string {
  return interpolateEmbedded(wholeValue(value) ?? value);
}

/** Replaces the embedded form, the only one that merged hashes know. */
export function interpolateEmbedded(value: string): string {
  if (!value.includes("{{")) return value;
  return value.replace(
    EMBEDDED,
    (_, facility: string, fallback: string, key: string) =>
      lookUp(facility, key) ?? fallback,
  );
}

/** What the whole-value form stands for; undefined when it is not that. */
function wholeValue(value: string): string | undefined {
  if (!value.startsWith("ENV:") || !value.endsWith("}")) return undefined;
  // The default may have colons in it: the key is behind the first ":{".
  const delimiter = value.indexOf(":{", "ENV:".length);
  if (delimiter < 0) return undefined;
  const name = value.slice(delimiter + 2, -1);
  if (name.length > MAX_NAME) return undefined;
  return environmentVariable(name) ?? value.slice("ENV:".length, delimiter);
}

function lookUp(facility: string, key: string): string | undefined {
  switch (facility) {
    case "ENV":
      return environmentVariable(key);
    case "hwloc":
      return machine(key);
    default:
      return undefined;
  }
}

/** What is known of the machine: its processors, nothing of their packages. */
function machine(key: string): string | undefined {
  switch (key) {
    case "cores":
    case "pus":
      return String(navigator.hardwareConcurrency);
    case "packages":
    case "numanodes":
      return "1";
    default:
      return undefined;
  }
}
