/**
 * Reads the logs of a configuration: every `log` below `logs`, with attributes
 * and outlets from the elements around it. What is made of them is in
 * configure.ts. Specification: runtime.md §2.2.
 */
import type { ConfSection } from "../conf/section.ts";
import { confBoolean } from "../conf/values.ts";
import { LogConfigurationError } from "./configure.ts";
import type { LogDescription, OutletDescription } from "./description.ts";

/**
 * Describes logs, but for those that the environment switches off.
 *
 * @param logs The `log` elements, in the order of the document.
 * @throws {LogConfigurationError} When one has no name, or no number where
 * there has to be one.
 */
export function describeLogs(logs: readonly ConfSection[]): LogDescription[] {
  const off = new Set<string>();
  const on = logs.filter((log) => {
    if (!log.isOff()) return true;
    off.add(log.inherited("name") ?? "");
    return false;
  });
  return on.map((log) => describeLog(log, logs.indexOf(log) + 1, off));
}

function describeLog(
  log: ConfSection,
  number: number,
  off: ReadonlySet<string>,
): LogDescription {
  const name = log.inherited("name") ?? "";
  if (name === "") {
    throw new LogConfigurationError(
      `log section ${number} does not have a name attribute`,
    );
  }
  const text = <K extends string>(key: K) => given(key, log.inherited(key));
  const flag = <K extends string>(key: K) => {
    const value = log.inherited(key);
    return given(key, value === undefined ? undefined : confBoolean(value));
  };
  const count = <K extends string>(key: K, attribute: string) =>
    given(key, numberOf(name, attribute, log.inherited(attribute)));
  return {
    name,
    ...text("type"),
    ...text("path"),
    ...text("format"),
    ...flag("disabled"),
    ...flag("debug"),
    ...flag("timestamps"),
    ...flag("facility"),
    ...flag("stats"),
    ...count("rotateSeconds", "rotate_seconds"),
    ...count("retainSeconds", "retain_seconds"),
    ...count("rotateBytes", "rotate_bytes"),
    ...count("retainBytes", "retain_bytes"),
    config: Object.fromEntries(log.hash("config")),
    outlets: outletsOf(log, off),
  };
}

function outletsOf(
  log: ConfSection,
  off: ReadonlySet<string>,
): OutletDescription[] {
  return log.sections("ancestor-or-self::node()/outlet").map((outlet) => {
    const name = outlet.text("@name") ?? "";
    return {
      name,
      ...given("filter", outlet.text("@filter")),
      ...(off.has(name) && { optional: true }),
    };
  });
}

/** An object with a property, unless there is nothing to put there. */
function given<K extends string, V>(
  key: K,
  value: V | undefined,
): { [key in K]?: V } {
  return value === undefined ? {} : { [key]: value } as { [key in K]: V };
}

function numberOf(
  name: string,
  attribute: string,
  text: string | undefined,
): number | undefined {
  if (text === undefined) return undefined;
  if (/^\s*[0-9]{1,15}\s*$/.test(text)) return Number(text);
  throw new LogConfigurationError(
    `log ${name}: ${attribute} must be a whole number, not '${text}'`,
  );
}
