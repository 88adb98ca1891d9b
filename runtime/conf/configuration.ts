/**
 * The configuration of a process: an XML document whose values are read and
 * changed by XPath. Not a file: includes, inheritance and writing back are not
 * here yet, so changes last as long as the process.
 *
 * Specification: mtev-lua-api.md §14.
 */
import { parseXml, type XmlDocument } from "../xml/document.ts";
import type { XmlLibrary } from "../xml/library.ts";
import type { XmlNode } from "../xml/node.ts";

/** See the head of this file. Paths and values are binary strings. */
export class Configuration implements Disposable {
  readonly #document: XmlDocument;

  /**
   * @param library From `loadXmlLibrary`.
   * @param text The document.
   * @throws {XmlParseError} When it is not well-formed.
   *
   * @example
   * ```ts
   * import { loadXmlLibrary } from "../xml/library.ts";
   * import { Configuration } from "./configuration.ts";
   *
   * using configuration = new Configuration(
   *   await loadXmlLibrary(),
   *   "<app><port>80</port></app>",
   * );
   * console.log(configuration.get("/app/port")); // 80
   * console.log(configuration.set("/app/@name", "x")); // true
   * ```
   */
  constructor(library: XmlLibrary, text: string) {
    this.#document = parseXml(library, text);
  }

  /** Frees the document. */
  [Symbol.dispose](): void {
    this.#document[Symbol.dispose]();
  }

  /**
   * Reads a value.
   *
   * @param path An XPath expression; of several nodes the last one counts.
   * @returns The text of the node, or of the result that is no node; undefined
   * when there is no such node or the expression is malformed.
   */
  get(path: string): string | undefined {
    return this.#valueAt(path, undefined);
  }

  #valueAt(path: string, context: XmlNode | undefined): string | undefined {
    try {
      return this.#document.find(path, context).at(-1)?.contents;
    } catch (error) {
      // A result that is no node-set is a value itself.
      if (error instanceof TypeError) {
        return this.#document.evaluate(path, context);
      }
      if (error instanceof SyntaxError) return undefined;
      throw error;
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
    const nodes = this.#nodes(base);
    if (nodes.length === 0) return undefined;
    return nodes.map((node) => this.#valueAt(path, node));
  }

  /**
   * Sets the value of an element, or of an attribute (`…/@name`). What is not
   * there yet is made; its parent must be there.
   *
   * @param path The path; what is behind the last `/` is the name.
   * @param value The value.
   * @returns Whether there is such a parent.
   */
  set(path: string, value: string): boolean {
    const place = this.#place(path);
    if (place === undefined) return false;
    const [parent, name] = place;
    if (name.startsWith("@")) {
      parent.setAttribute(name.slice(1), value);
      return true;
    }
    const node = this.#nodes(path).at(-1) ?? parent.addChild(name);
    node.setContents(value);
    return true;
  }

  /**
   * Removes every node that a path finds, and makes one with a value.
   *
   * @returns Whether there is a parent for it.
   */
  replace(path: string, value: string): boolean {
    if (this.#place(path) === undefined) return false;
    for (const node of this.#nodes(path)) node.remove();
    return this.set(path, value);
  }

  /** The parent that a path names, and the name in it. */
  #place(path: string): [XmlNode, string] | undefined {
    const slash = path.lastIndexOf("/");
    const name = path.slice(slash + 1);
    const parent = slash <= 0
      ? undefined
      : this.#nodes(path.slice(0, slash)).at(-1);
    // XPath finds more than names; only a name can be made.
    return parent === undefined ||
        !/^@?[A-Za-z_\x80-\xff][\w.\-\x80-\xff]*$/.test(name)
      ? undefined
      : [parent, name];
  }

  #nodes(path: string): XmlNode[] {
    try {
      return this.#document.find(path);
    } catch (error) {
      if (error instanceof TypeError || error instanceof SyntaxError) return [];
      throw error;
    }
  }
}
