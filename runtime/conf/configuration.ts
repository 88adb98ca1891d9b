/**
 * The configuration of a process: an XML document with the files it includes,
 * whose values are read and changed by XPath. What is changed is written at
 * once to the file that it comes from; nothing is written before.
 *
 * Paths and values are binary strings. The parts of a configuration with a
 * meaning of their own are read as sections, see section.ts.
 * Specification: runtime.md §1, mtev-lua-api.md §14.
 */
import { writeAtomically } from "../files/write_atomically.ts";
import type { XmlDocument } from "../xml/document.ts";
import { NodeType, type XmlLibrary } from "../xml/library.ts";
import type { XmlNode } from "../xml/node.ts";
import type { ConfFile } from "./conf_file.ts";
import { ConfTree } from "./conf_tree.ts";
import { interpolate } from "./interpolation.ts";

/** Where a configuration comes from. */
export type ConfigurationOrigin =
  | { readonly text: string }
  | {
    /** The file, a binary string. */
    readonly path: string;
  };

/** Receives a line about the configuration. */
export type ConfReport = (
  stream: "error/conf" | "notice",
  line: string,
) => void;

/** Values that are kept because they may be asked for again. */
const MAX_KEPT = 10_000;

/** What can be made: XPath finds more than names. */
const NAME = /^@?[A-Za-z_\x80-\xff][\w.\-\x80-\xff]*$/;

/** See the head of this file. */
export class Configuration implements Disposable {
  readonly #library: XmlLibrary;
  readonly #origin: ConfigurationOrigin;
  readonly #report: ConfReport;
  #tree: ConfTree;
  #generation = 0;
  /** Called after each change. */
  readonly listeners = new Set<() => void>();
  /** What paths from the root found, before it is interpolated. */
  readonly #kept = new Map<string, string | undefined>();

  /**
   * @param library From `loadXmlLibrary`.
   * @param origin The document, or the file that it is in.
   * @param report Receives what is wrong but no reason to stop.
   * @throws {ConfError} When a file cannot be read or is not well-formed.
   * @throws {XmlParseError} When the text is not well-formed.
   *
   * @example
   * ```ts
   * import { loadXmlLibrary } from "../xml/library.ts";
   * import { Configuration } from "./configuration.ts";
   *
   * using configuration = new Configuration(
   *   await loadXmlLibrary(),
   *   { text: "<app><port>80</port></app>" },
   * );
   * console.log(configuration.get("/app/port")); // 80
   * console.log(configuration.set("/app/@name", "x")); // true
   * ```
   */
  constructor(
    library: XmlLibrary,
    origin: ConfigurationOrigin,
    report: ConfReport = () => {},
  ) {
    this.#library = library;
    this.#origin = origin;
    this.#report = report;
    this.#tree = this.#load();
  }

  /** Frees the document. */
  [Symbol.dispose](): void {
    this.#tree[Symbol.dispose]();
  }

  /**
   * Reads the files again. Sections of before must not be used any more.
   *
   * @throws {ConfError} When that fails; everything stays as it is.
   */
  reload(): void {
    const fresh = this.#load();
    this.#tree[Symbol.dispose]();
    this.#tree = fresh;
    this.#touch();
  }

  #load(): ConfTree {
    return new ConfTree(
      this.#library,
      this.#origin,
      (problem) => this.#report("error/conf", problem),
    );
  }

  /** The document, with everything that is included. */
  get document(): XmlDocument {
    return this.#tree.document;
  }

  /** Counts the changes. */
  get generation(): number {
    return this.#generation;
  }

  /** The real path of the file; undefined when there is none. */
  get path(): string | undefined {
    return this.#tree.files[0]?.path;
  }

  /** Receives a line about the configuration. */
  report(stream: "error/conf" | "notice", line: string): void {
    this.#report(stream, line);
  }

  /**
   * Reads a value.
   *
   * @param path An XPath expression; of several nodes the last one counts.
   * @param context Where a relative path starts.
   * @returns The text of the node, or of the result that is no node, with the
   * environment's values in it; undefined when there is no such node or the
   * expression is malformed, which is reported.
   */
  get(path: string, context?: XmlNode): string | undefined {
    const value = context === undefined
      ? this.#keptValue(path)
      : this.#valueAt(path, context);
    return value === undefined ? undefined : interpolate(value);
  }

  #keptValue(path: string): string | undefined {
    const kept = this.#kept.get(path);
    if (kept !== undefined || this.#kept.has(path)) return kept;
    const value = this.#valueAt(path, undefined);
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(path, value);
    return value;
  }

  #valueAt(path: string, context: XmlNode | undefined): string | undefined {
    try {
      return this.document.find(path, context).at(-1)?.contents;
    } catch (error) {
      // A result that is no node-set is a value itself.
      if (error instanceof TypeError) {
        return this.document.evaluate(path, context);
      }
      if (!(error instanceof SyntaxError)) throw error;
      this.#report("error/conf", error.message);
      return undefined;
    }
  }

  /**
   * Finds nodes.
   *
   * @param path An XPath expression.
   * @param context Where a relative path starts.
   * @returns The nodes in the order of the document; none when the expression
   * is malformed, which is reported, or its result is something else.
   */
  find(path: string, context?: XmlNode): XmlNode[] {
    try {
      return this.document.find(path, context);
    } catch (error) {
      if (error instanceof TypeError) return [];
      if (!(error instanceof SyntaxError)) throw error;
      this.#report("error/conf", error.message);
      return [];
    }
  }

  /**
   * Reads a value from each node of a list.
   *
   * @param base Finds the nodes.
   * @param path Finds the value, seen from a node.
   * @returns The values, undefined where a node has none; undefined when there
   * is no node.
   */
  list(base: string, path: string): (string | undefined)[] | undefined {
    const nodes = this.find(base);
    if (nodes.length === 0) return undefined;
    return nodes.map((node) => this.get(path, node));
  }

  /**
   * Sets the value of an element, or of an attribute (`…/@name`). What is not
   * there yet is made, last in its parent, which must be there.
   *
   * @param path The path; what is behind the last `/` is the name.
   * @param value The value.
   * @returns Whether there is such a node or parent.
   */
  set(path: string, value: string): boolean {
    return this.#change(this.find(path).at(-1), path, value);
  }

  /**
   * Leaves one node of those that a path finds, the first, and sets its value;
   * or makes one, as {@link set} does.
   *
   * @returns Whether there is such a node or parent.
   */
  replace(path: string, value: string): boolean {
    const [first, ...others] = this.find(path);
    for (const node of others) {
      this.#tree.markChanged(node);
      node.remove();
    }
    return this.#change(first, path, value);
  }

  /**
   * Sets a value as {@link set} does, for as long as the process lives: it is
   * written with what is changed later, but is no reason to write.
   */
  overlay(path: string, value: string): void {
    (this.find(path).at(-1) ?? this.#make(path))?.setContents(value);
    this.#touch();
  }

  #change(node: XmlNode | undefined, path: string, value: string): boolean {
    const changed = node ?? this.#make(path);
    if (changed === undefined) return false;
    if (changed.type === NodeType.document) return false;
    changed.setContents(value);
    this.markChanged(changed);
    this.save();
    return true;
  }

  /** Makes an empty element or attribute, if it has a parent and a name. */
  #make(path: string): XmlNode | undefined {
    const slash = path.lastIndexOf("/");
    const name = path.slice(slash + 1);
    const parent = slash <= 0
      ? undefined
      : this.find(path.slice(0, slash)).at(-1);
    if (parent?.type !== NodeType.element || !NAME.test(name)) return undefined;
    if (!name.startsWith("@")) return parent.addChild(name);
    parent.setAttribute(name.slice(1), "");
    return this.find(name, parent)[0];
  }

  /**
   * Says that the configuration differs from its files.
   *
   * @param node What was changed; without it the first file counts as changed.
   */
  markChanged(node?: XmlNode): void {
    if (node === undefined) this.#tree.files[0]!.changed = true;
    else this.#tree.markChanged(node);
    this.#touch();
  }

  #touch(): void {
    this.#generation++;
    this.#kept.clear();
    for (const listener of this.listeners) listener();
  }

  /**
   * Writes the files and stores whose content was changed. A file that cannot be written
   * is reported, stays as it was, and is tried again the next time; one that
   * must not be written is reported.
   *
   * @returns Whether all could be written that may.
   */
  save(): boolean {
    const [main] = this.#tree.files;
    const problems = this.#tree.stores.map((store) => {
      if (!store.changed) return undefined;
      const problem = store.save();
      // What it had of the file's is to leave that, but not before it is saved.
      if (problem === undefined && store.hasGuests) {
        store.hasGuests = false;
        main!.changed = true;
      }
      return problem;
    });
    const waiting = this.#tree.stores.some(({ hasGuests }) => hasGuests);
    const writable = this.#tree.files.filter((file) =>
      file.changed && file.path !== undefined && this.#mayWrite(file) &&
      !(file === main && waiting)
    );
    if (writable.length > 0) {
      this.#tree.texts(writable).forEach((text, index) => {
        const file = writable[index]!;
        const problem = writeAtomically(file.path!, text);
        file.changed = problem !== undefined;
        problems.push(problem);
      });
    }
    const failures = problems.filter((problem) => problem !== undefined);
    for (const problem of failures) this.#report("error/conf", problem);
    return failures.length === 0;
  }

  /** A change of a file that must not be written is told of once. */
  #mayWrite(file: ConfFile): boolean {
    const { path, frozen } = file;
    if (frozen === undefined) return true;
    file.changed = false;
    this.#report("error/conf", `a change of ${path} is not saved: ${frozen}`);
    return false;
  }
}
