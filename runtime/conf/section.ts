/**
 * A part of a configuration, as the subsystems read it: values and lists by
 * XPath seen from there, attributes that it inherits, merged hashes, and
 * whether it is switched off by the environment. Specification: runtime.md
 * §1.3–§1.8.
 */
import { PatternError } from "../pcre/matcher.ts";
import { NodeType } from "../xml/library.ts";
import type { XmlNode } from "../xml/node.ts";
import type { Configuration } from "./configuration.ts";
import { type DurationUnit, parseDuration } from "./duration.ts";
import { interpolate } from "./interpolation.ts";
import { mergedHash } from "./merged_hash.ts";
import { environmentMeets } from "./require_env.ts";
import { confBoolean, confInteger, confNumber } from "./values.ts";

/**
 * Finds parts of a configuration.
 *
 * @param configuration Where to look.
 * @param path An XPath expression.
 * @returns The elements in the order of the document.
 *
 * @example
 * ```ts
 * import { loadXmlLibrary } from "../xml/library.ts";
 * import { Configuration } from "./configuration.ts";
 * import { findSections } from "./section.ts";
 *
 * using configuration = new Configuration(await loadXmlLibrary(), {
 *   text: `<app color="red"><logs><log name="a"/></logs></app>`,
 * });
 * const [log] = findSections(configuration, "/app/logs//log");
 * console.log(log?.text("@name")); // a
 * console.log(log?.inherited("color")); // red
 * ```
 */
export function findSections(
  configuration: Configuration,
  path: string,
): ConfSection[] {
  return configuration.find(path)
    .filter(({ type }) => type === NodeType.element)
    .map((node) => new ConfSection(configuration, node));
}

/** See the head of this file. Made by {@link findSections}. */
export class ConfSection {
  readonly #configuration: Configuration;
  readonly #node: XmlNode;

  /** Use {@link findSections}. */
  constructor(configuration: Configuration, node: XmlNode) {
    this.#configuration = configuration;
    this.#node = node;
  }

  /** The name of the element. */
  get name(): string {
    return this.#node.name!;
  }

  /** An XPath expression that leads to the section alone. */
  get path(): string {
    return this.#configuration.document.pathOf(this.#node);
  }

  /**
   * Reads a value; of several the last one counts.
   *
   * @param path Seen from the section, such as `@name` or `config/port`.
   * @returns The text; undefined when there is none.
   */
  text(path: string): string | undefined {
    return this.#configuration.get(path, this.#node);
  }

  /** As {@link text}: `true` and `on`, in any case, are true. */
  boolean(path: string): boolean | undefined {
    return read(this.text(path), confBoolean);
  }

  /** As {@link text}: an integer of 32 bits, as C reads it. */
  integer(path: string): number | undefined {
    return read(this.text(path), confInteger);
  }

  /** As {@link text}: a number of single precision. */
  number(path: string): number | undefined {
    return read(this.text(path), confNumber);
  }

  /**
   * As {@link text}: a duration such as `1h30m`. One that is none is reported
   * and counts as missing.
   *
   * @param unit The unit of the result, which is rounded down.
   */
  duration(path: string, unit: DurationUnit): number | undefined {
    const text = this.text(path);
    if (text === undefined) return undefined;
    const duration = parseDuration(text, unit);
    if (duration === undefined) {
      this.#complain(`${path} is no duration: '${text}'`);
    }
    return duration;
  }

  /** An attribute of the section or of the nearest element around that has it. */
  inherited(attribute: string): string | undefined {
    return this.text(`ancestor-or-self::node()/@${attribute}`);
  }

  /** The section's own attributes, by name. */
  get attributes(): Map<string, string> {
    return new Map(
      this.#node.attributes.map((
        node,
      ) => [node.name!, interpolate(node.contents ?? "")]),
    );
  }

  /** The elements that a path finds, seen from the section. */
  sections(path: string): ConfSection[] {
    return this.#configuration.find(path, this.#node)
      .filter(({ type }) => type === NodeType.element)
      .map((node) => new ConfSection(this.#configuration, node));
  }

  /**
   * A merged hash, see merged_hash.ts.
   *
   * @param path Its name, such as `config`.
   * @param namespace The prefix of the keys that count; none by default.
   */
  hash(path: string, namespace?: string): Map<string, string> {
    return mergedHash(this.#configuration, path, this.#node, namespace);
  }

  /**
   * Whether the environment switches the section off: an attribute of it or of
   * an element around it asks for what is not so. A condition that cannot be
   * read switches off, and is reported.
   *
   * @param attribute The attribute that has the condition.
   */
  isOff(attribute = "require_env"): boolean {
    for (
      let node: XmlNode | undefined = this.#node;
      node !== undefined;
      node = node.parent
    ) {
      const condition = node.attribute(attribute);
      if (condition !== undefined && !this.#isMet(interpolate(condition))) {
        return true;
      }
    }
    return false;
  }

  #isMet(condition: string): boolean {
    try {
      return environmentMeets(condition);
    } catch (error) {
      const known = error instanceof PatternError ||
        error instanceof Deno.errors.NotSupported; // without libpcre2
      if (!known) throw error;
      this.#complain(
        `cannot understand require_env '${condition}': ${error.message}`,
      );
      return false;
    }
  }

  #complain(problem: string): void {
    this.#configuration.report("error/conf", `${this.path}: ${problem}`);
  }
}

function read<T>(
  text: string | undefined,
  convert: (text: string) => T,
): T | undefined {
  return text === undefined ? undefined : convert(text);
}
