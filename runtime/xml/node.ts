/**
 * The nodes of an XML document: elements, attributes, text, comments and
 * processing instructions. Strings are binary: UTF-8, one byte per character,
 * and end at a NUL. Specification: mtev-lua-api.md §9.3.
 */
import {
  NodeField,
  NodeType,
  type Pointer,
  type XmlLibrary,
} from "./library.ts";

/** Offset in the structure of a namespace. */
const NAMESPACE_PREFIX = 12;

/** What a node needs of its document; see `XmlDocument` in document.ts. */
export interface NodeOwner {
  readonly library: XmlLibrary;
  /** Where the document is. Throws if it was disposed. */
  readonly pointer: Pointer;
  /** Makes the object for a node, and remembers that someone may hold it. */
  nodeAt(pointer: Pointer): XmlNode | undefined;
  /** Takes a node out of the tree, and frees it unless someone may hold it. */
  remove(node: Pointer): void;
  /** Gives up a node that was taken out of the tree: another one has it. */
  forget(node: Pointer): void;
}

/** A node. Two objects may stand for the same one; see {@link isSame}. */
export class XmlNode {
  /** Nodes come from documents and other nodes. */
  constructor(readonly document: NodeOwner, readonly pointer: Pointer) {}

  /** Whether `other` stands for the same node. */
  isSame(other: XmlNode): boolean {
    return this.document === other.document && this.pointer === other.pointer;
  }

  /** The type, as libxml2 numbers them. */
  get type(): number {
    return this.#field(NodeField.type);
  }

  /**
   * The name without its prefix: of text `text`, of a comment `comment`, of a
   * CDATA section or a document none.
   */
  get name(): string | undefined {
    return this.document.library.string(this.#field(NodeField.name));
  }

  /** The line where the node begins, up to 65,535; 0 if it is not known. */
  get line(): number {
    return this.type === NodeType.attribute
      ? 0 // a shorter structure, without the line
      : this.#field(NodeField.line) & 0xffff;
  }

  /** The prefix of the name of an element or attribute, if it has one. */
  get prefix(): string | undefined {
    const { type } = this;
    if (type !== NodeType.element && type !== NodeType.attribute) {
      return undefined;
    }
    const namespace = this.#field(NodeField.namespace);
    const { library } = this.document;
    return namespace === 0
      ? undefined
      : library.string(library.field(namespace, NAMESPACE_PREFIX));
  }

  /** The attributes of an element, in order. */
  get attributes(): XmlNode[] {
    const found: XmlNode[] = [];
    if (this.type !== NodeType.element) return found;
    for (
      let attribute = this.document.nodeAt(this.#field(NodeField.attributes));
      attribute !== undefined;
      attribute = attribute.nextSibling
    ) found.push(attribute);
    return found;
  }

  /** The nodes inside this one, in order. */
  get children(): XmlNode[] {
    const found: XmlNode[] = [];
    for (
      let child = this.firstChild;
      child !== undefined;
      child = child.nextSibling
    ) found.push(child);
    return found;
  }

  /** The element that contains the node. */
  get parent(): XmlNode | undefined {
    const parent = this.#field(NodeField.parent);
    return parent === this.document.pointer
      ? undefined
      : this.document.nodeAt(parent);
  }

  /** The first node inside this one. */
  get firstChild(): XmlNode | undefined {
    return this.#mayHaveChildren
      ? this.document.nodeAt(this.#field(NodeField.children))
      : undefined;
  }

  /** The next node inside the same parent. */
  get nextSibling(): XmlNode | undefined {
    return this.document.nodeAt(this.#field(NodeField.next));
  }

  /** The text of the node and of all nodes inside, entities expanded. */
  get contents(): string | undefined {
    const { library } = this.document;
    const { pointer } = this;
    return library.takeString(
      library.run((raw) => raw._xmlNodeGetContent(pointer)),
    );
  }

  /**
   * Replaces the content by a text, not by markup.
   *
   * @throws {TypeError} If the node can have no content.
   */
  setContents(text: string): void {
    const { library } = this.document;
    const { pointer } = this;
    switch (this.type) {
      case NodeType.element:
        this.#removeChildren();
        if (text !== "") this.#addText(text);
        return;
      case NodeType.attribute:
        this.#removeChildren();
        this.#setAttribute(
          this.#field(NodeField.parent),
          this.#field(NodeField.namespace),
          this.name!,
          text,
        );
        return;
      case NodeType.text:
      case NodeType.cdata:
      case NodeType.comment:
      case NodeType.instruction:
        library.run((raw) =>
          library.withString(
            text,
            (bytes) => raw._xmlNodeSetContentLen(pointer, bytes, text.length),
          )
        );
        return;
    }
    throw new TypeError(
      `Cannot set content: got a node of type ${this.type}`,
    );
  }

  /** The value of an attribute, whatever its prefix. */
  attribute(name: string): string | undefined {
    return this.#findAttribute(name)?.contents;
  }

  /**
   * Sets an attribute without a prefix.
   *
   * @param value Nothing leaves the attribute empty.
   * @throws {TypeError} If the node is no element.
   */
  setAttribute(name: string, value: string | undefined): void {
    this.#mustBeElement("Cannot set attribute");
    const existing = this.#findAttribute(name, 0);
    // libxml2 would free what may be held.
    if (existing !== undefined) existing.#removeChildren();
    this.#setAttribute(this.pointer, 0, name, value);
  }

  /**
   * Appends an empty element in the namespace of this one.
   *
   * @returns The new element.
   * @throws {TypeError} If the node is no element.
   */
  addChild(name: string): XmlNode {
    this.#mustBeElement("Cannot add child");
    const { library } = this.document;
    const { pointer } = this;
    const added = library.run((raw) =>
      library.withString(name, (bytes) => {
        const child = raw._xmlNewDocNode(
          this.document.pointer,
          this.#field(NodeField.namespace),
          bytes,
          0,
        );
        return raw._xmlAddChild(pointer, child);
      })
    );
    return this.document.nodeAt(added)!;
  }

  /** Takes the node out of its document; it can still be read. */
  remove(): void {
    this.document.remove(this.pointer);
  }

  get #mayHaveChildren(): boolean {
    const { type } = this;
    return type === NodeType.element || type === NodeType.attribute ||
      type === NodeType.document || type === NodeType.entityReference;
  }

  #mustBeElement(action: string): void {
    if (this.type !== NodeType.element) {
      throw new TypeError(`${action}: the node is no element`);
    }
  }

  #field(offset: number): number {
    void this.document.pointer; // throws if the document was disposed
    return this.document.library.field(this.pointer, offset);
  }

  #findAttribute(name: string, namespace?: Pointer): XmlNode | undefined {
    if (this.type !== NodeType.element) return undefined;
    const { library } = this.document;
    for (
      let pointer = this.#field(NodeField.attributes);
      pointer !== 0;
      pointer = library.field(pointer, NodeField.next)
    ) {
      if (
        library.string(library.field(pointer, NodeField.name)) === name &&
        (namespace === undefined ||
          library.field(pointer, NodeField.namespace) === namespace)
      ) {
        // Not exposed: the object does not outlive the call.
        return new XmlNode(this.document, pointer);
      }
    }
    return undefined;
  }

  #setAttribute(
    element: Pointer,
    namespace: Pointer,
    name: string,
    value: string | undefined,
  ): void {
    const { library } = this.document;
    library.run((raw) =>
      library.withString(
        name,
        (key) =>
          value === undefined
            ? raw._xmlSetNsProp(element, namespace, key, 0)
            : library.withString(
              value,
              (bytes) => raw._xmlSetNsProp(element, namespace, key, bytes),
            ),
      )
    );
  }

  #addText(text: string): void {
    const { library } = this.document;
    const end = text.indexOf("\0");
    const length = end < 0 ? text.length : end;
    library.run((raw) =>
      library.withString(text, (bytes) =>
        raw._xmlAddChild(
          this.pointer,
          raw._xmlNewDocTextLen(this.document.pointer, bytes, length),
        ))
    );
  }

  #removeChildren(): void {
    for (
      let child = this.#field(NodeField.children);
      child !== 0;
      child = this.#field(NodeField.children)
    ) {
      this.document.remove(child);
    }
  }
}
