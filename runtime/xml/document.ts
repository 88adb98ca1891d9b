/**
 * XML documents: parsing, searching with XPath 1.0, writing. The nodes are in
 * node.ts. Strings are binary: UTF-8, one byte per character.
 *
 * The invariant: whoever holds a node holds its document, and libxml2's memory
 * for it stays until nobody holds either. A node that leaves the tree while
 * someone may hold it is kept, not freed.
 * Specification: mtev-lua-api.md §9.
 */
import {
  NodeField,
  NodeType,
  type Pointer,
  type XmlLibrary,
  type XmlProblem,
} from "./library.ts";
import { type NodeOwner, XmlNode } from "./node.ts";
import { evaluateXPath, evaluateXPathString } from "./xpath.ts";

/** libxml2's option not to load external entities or DTDs, whatever else. */
const XML_PARSE_NO_XXE = 1 << 23;

/** libxml2's options to expand entities, and to leave out indentation. */
const XML_PARSE_NOENT = 1 << 1;
const XML_PARSE_NOBLANKS = 1 << 8;

/** Problems of this level end the parsing. */
const FATAL = 3;

/** Bytes that a parsed document takes for each byte of its text, roughly. */
const MEMORY_FACTOR = 8;

/** Bytes that V8 is told of at the most. */
const MAX_WEIGHT = 2 ** 28;

/** A text that is no well-formed XML document. */
export class XmlParseError extends SyntaxError {
  override readonly name = "XmlParseError";
  /** The line of the first problem, from 1. */
  readonly line: number;
  /** The column in that line, from 1. */
  readonly column: number;

  /** @param problems What libxml2 found, in order. */
  constructor(readonly problems: readonly XmlProblem[]) {
    const first = problems.find((problem) => problem.level >= FATAL) ??
      problems[0] ?? { message: "no document", line: 1, column: 1 };
    super(
      `Cannot parse XML: ${first.message} at line ${first.line}, column ${first.column}`,
    );
    this.line = first.line;
    this.column = first.column;
  }
}

/** How {@link parseXml} reads a document. */
export interface XmlOptions {
  /**
   * Leaves out the white space between elements, and expands entities that the
   * document declares. Default: false.
   */
  readonly asData?: boolean;
}

/** What a document owns in libxml2's memory. */
interface Memory {
  readonly library: XmlLibrary;
  readonly pointer: Pointer;
  /** Bytes of the text. */
  readonly size: number;
  /** Nodes that were taken out of the tree and may still be held. */
  readonly removed: Set<Pointer>;
  freed: boolean;
}

const finalizer = new FinalizationRegistry(free);

function free(memory: Memory): void {
  const { library, pointer, removed } = memory;
  if (memory.freed) return;
  memory.freed = true;
  library.unfreedBytes -= memory.size;
  if (!library.works) return; // its memory goes with it
  library.run((raw) => {
    for (const node of removed) raw._xmlFreeNode(node);
    raw._xmlFreeDoc(pointer);
  });
}

/**
 * Parses a document. Entities that it declares itself are known within
 * libxml2's limits; external ones are never fetched. Undeclared prefixes are
 * accepted.
 *
 * @param library From `loadXmlLibrary`.
 * @param text The document, in the encoding that it declares.
 * @param options How to read it.
 * @returns The document. It is freed when it and its nodes are collected, or
 * by `dispose`.
 * @throws {XmlParseError} If the text is not well-formed.
 *
 * @example
 * ```ts
 * import { parseXml } from "./document.ts";
 * import { loadXmlLibrary } from "./library.ts";
 *
 * using document = parseXml(await loadXmlLibrary(), "<a><b>x</b></a>");
 * console.log(document.find("/a/b")[0]?.contents); // x
 * ```
 */
export function parseXml(
  library: XmlLibrary,
  text: string,
  { asData = false }: XmlOptions = {},
): XmlDocument {
  const flags = XML_PARSE_NO_XXE |
    (asData ? XML_PARSE_NOENT | XML_PARSE_NOBLANKS : 0);
  const [pointer, problems] = library.collect((raw) =>
    library.withString(text, (bytes) => {
      const parser = raw._xmlNewParserCtxt();
      raw._xmlCtxtSetErrorHandler(parser, library.errorHandler, 0);
      const document = raw._xmlCtxtReadMemory(
        parser,
        bytes,
        text.length,
        0,
        0,
        flags,
      );
      raw._xmlFreeParserCtxt(parser);
      return document;
    })
  );
  if (pointer === 0) throw new XmlParseError(problems);
  return new XmlDocument(library, pointer, problems, text.length);
}

/** An XML document. Made by {@link parseXml}. */
export class XmlDocument implements NodeOwner, Disposable {
  readonly #memory: Memory;
  /** Nodes that someone outside may hold. */
  readonly #exposed = new Set<Pointer>();
  /**
   * Never read. V8 sees how much memory is at stake, and collects in time;
   * pages that nobody touches cost nothing.
   */
  protected readonly weight: ArrayBuffer;

  /**
   * Use {@link parseXml}.
   *
   * @param problems What is not quite right with the document.
   * @param size Bytes of its text.
   */
  constructor(
    readonly library: XmlLibrary,
    pointer: Pointer,
    readonly problems: readonly XmlProblem[],
    size: number,
  ) {
    this.#memory = { library, pointer, size, removed: new Set(), freed: false };
    library.unfreedBytes += size;
    this.weight = new ArrayBuffer(Math.min(size * MEMORY_FACTOR, MAX_WEIGHT));
    finalizer.register(this, this.#memory, this);
  }

  /** Frees the document. Its nodes must not be used any more. */
  [Symbol.dispose](): void {
    finalizer.unregister(this);
    free(this.#memory);
  }

  /**
   * Where the document is in libxml2's memory.
   *
   * @throws {TypeError} If it was disposed.
   */
  get pointer(): Pointer {
    if (this.#memory.freed) {
      throw new TypeError("Cannot use XML document: it was disposed");
    }
    return this.#memory.pointer;
  }

  /** The root element. */
  get root(): XmlNode {
    const { pointer } = this;
    return this.nodeAt(
      this.library.run((raw) => raw._xmlDocGetRootElement(pointer)),
    )!;
  }

  /**
   * Searches with XPath 1.0. No prefix is known in the expression; use
   * `local-name()`. Namespace nodes are left out of the result.
   *
   * @param expression The expression.
   * @param context Where relative paths start; without it they find nothing.
   * @returns The nodes in document order.
   * @throws {SyntaxError} If the expression is malformed, too complex, or its
   * evaluation fails.
   * @throws {TypeError} If its result is no node-set.
   */
  find(expression: string, context?: XmlNode): XmlNode[] {
    const from = context?.document === this ? context.pointer : 0;
    return evaluateXPath(this.library, this.pointer, expression, from)
      .map((found) => this.nodeAt(found)!);
  }

  /**
   * Evaluates an XPath expression of any type and converts its result with
   * XPath's `string()`: of nodes, the text of the first one.
   *
   * @param expression The expression.
   * @param context Where relative paths start; without it they find nothing.
   * @returns The string.
   * @throws {SyntaxError} As {@link find}.
   */
  evaluate(expression: string, context?: XmlNode): string {
    const from = context?.document === this ? context.pointer : 0;
    return evaluateXPathString(this.library, this.pointer, expression, from);
  }

  /**
   * Writes the document, indented, with a declaration and a final newline.
   * Elements with text in them are not indented.
   *
   * @param encoding What the declaration names; the text is UTF-8.
   */
  format(encoding: "utf8" | "UTF-8" = "UTF-8"): string {
    return this.library.save(this.pointer, encoding, true);
  }

  /** The node at a place, for node.ts; nothing at 0. */
  nodeAt(pointer: Pointer): XmlNode | undefined {
    if (pointer === 0) return undefined;
    this.#exposed.add(pointer);
    return new XmlNode(this, pointer);
  }

  /** Takes a node out of the tree, and frees it unless someone may hold it. */
  remove(node: Pointer): void {
    this.library.run((raw) => {
      raw._xmlUnlinkNode(node);
      if (this.#holdsAny(node)) this.#memory.removed.add(node);
      else raw._xmlFreeNode(node);
    });
  }

  /**
   * Makes a node, which may be another document's, the last one inside an
   * element. What was in another document lives as long as both.
   *
   * @param node No text, which would melt into a text before it.
   * @returns The node, of this document.
   */
  append(parent: XmlNode, node: XmlNode): XmlNode {
    const { pointer } = node;
    this.library.run((raw) => {
      raw._xmlUnlinkNode(pointer);
      raw._xmlAddChild(parent.pointer, pointer);
    });
    node.document.forget(pointer);
    return this.nodeAt(pointer)!;
  }

  /** Gives up a node that was taken out of the tree: another one has it. */
  forget(node: Pointer): void {
    this.#memory.removed.delete(node);
  }

  /** The path that leads to a node, each step with its position. */
  pathOf(node: XmlNode): string {
    void this.pointer; // throws if it was disposed
    return this.library.takeString(
      this.library.run((raw) => raw._xmlGetNodePath(node.pointer)),
    ) ?? "";
  }

  /** Whether someone may hold a node or one below it. */
  #holdsAny(top: Pointer): boolean {
    const { library } = this;
    const pending = [top];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (this.#exposed.has(node)) return true;
      const type = library.field(node, NodeField.type);
      if (type === NodeType.element || type === NodeType.attribute) {
        this.#pushAll(pending, library.field(node, NodeField.children));
      }
      if (type === NodeType.element) {
        this.#pushAll(pending, library.field(node, NodeField.attributes));
      }
    }
    return false;
  }

  #pushAll(pending: Pointer[], first: Pointer): void {
    for (
      let node = first;
      node !== 0;
      node = this.library.field(node, NodeField.next)
    ) pending.push(node);
  }
}
