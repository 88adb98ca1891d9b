/**
 * Backing stores ("shatter"): the inside of an element with `backingstore="DIR"`
 * lies in a folder, so that a change writes the node that changed and no more.
 *
 * A folder stands for an element: `.attrs` holds its attributes, `name#N` (a
 * folder) and `name#N.xml` (a file) its children. Elements with text in them
 * are files, with everything below. N is a number of its own for each entry, in
 * the order of creation. Specification: runtime.md §1.9.
 */
import { readBytes } from "../files/read.ts";
import { writeAtomically } from "../files/write_atomically.ts";
import { EEXIST, ENOENT } from "../posix/constants.ts";
import { readFolder } from "../posix/directories.ts";
import { mkdir, rmdir, unlink } from "../posix/files.ts";
import { strerror } from "../posix/posix_error.ts";
import { parseXml, type XmlDocument, XmlParseError } from "../xml/document.ts";
import { NodeType, type Pointer, type XmlLibrary } from "../xml/library.ts";
import type { XmlNode } from "../xml/node.ts";
import { ConfError, parseProblems } from "./conf_error.ts";

const ATTRIBUTES = ".attrs";

/** The attribute that says where the store is, which stays with the element. */
export const BACKING_STORE = "backingstore";

/** `name#N` or `name#N.xml`; other entries are nobody's business. */
const ENTRY = /^(.+)#([0-9]+)(\.xml)?$/;

const FOLDER_MODE = 0o750;

/** What a folder holds for an element. */
interface Stored {
  /** The folder, or the file. */
  readonly path: string;
  readonly isFile: boolean;
  /** What the file, or `.attrs`, says. */
  text: string;
  /** Its children, by their place in libxml2's memory. */
  readonly children: Map<Pointer, Stored>;
}

/** See the head of this file. */
export class BackingStore implements Disposable {
  /** Whether the tree differs from what the folder says. */
  changed = false;
  /** Whether the file has something inside the element that belongs here. */
  hasGuests: boolean;
  readonly #library: XmlLibrary;
  readonly #root: Stored;
  /** The documents of the files; what they hold has moved into the tree. */
  readonly #documents: XmlDocument[] = [];
  /** The highest number of an entry. */
  #highest = 0;

  /**
   * Puts what a folder holds into an element, before what the element has
   * inside itself.
   *
   * @param folder A binary string; it need not be there yet.
   * @throws {ConfError} When something in it cannot be read.
   */
  constructor(
    library: XmlLibrary,
    readonly document: XmlDocument,
    readonly element: XmlNode,
    readonly folder: string,
  ) {
    this.#library = library;
    const own = element.children;
    for (const node of own) node.remove();
    this.#root = { path: folder, isFile: false, text: "", children: new Map() };
    try {
      this.#load(this.#root, element);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
    for (const node of own) document.append(element, node);
    this.changed = own.some(({ type }) => type === NodeType.element);
    this.hasGuests = this.changed;
  }

  [Symbol.dispose](): void {
    for (const document of this.#documents) document[Symbol.dispose]();
  }

  /**
   * Writes what has changed.
   *
   * @returns What could not be written; undefined when all could.
   */
  save(): string | undefined {
    try {
      makeFolder(this.folder);
      this.#saveFolder(this.#root, this.element);
      this.changed = false;
      return undefined;
    } catch (error) {
      if (!(error instanceof ConfError)) throw error;
      return error.message;
    }
  }

  #load(stored: Stored, element: XmlNode): void {
    const names = readFolder(stored.path);
    if (typeof names === "number") {
      if (stored === this.#root && names === -ENOENT) return;
      throw new ConfError([`cannot read ${stored.path}: ${strerror(-names)}`]);
    }
    if (names.includes(ATTRIBUTES)) {
      stored.text = this.#loadAttributes(stored.path, element);
    }
    const entries = names.map((name) => ENTRY.exec(name))
      .filter((match) => match !== null)
      .sort((a, b) => Number(a[2]) - Number(b[2]));
    for (const [entry, name, number, isFile] of entries) {
      this.#highest = Math.max(this.#highest, Number(number));
      const path = `${stored.path}/${entry}`;
      if (isFile === undefined) {
        const child = element.addChild(name!);
        const inner = { path, isFile: false, text: "", children: new Map() };
        stored.children.set(child.pointer, inner);
        this.#load(inner, child);
      } else {
        const [text, document] = this.#parse(path);
        const child = this.document.append(element, document.root);
        stored.children.set(child.pointer, {
          path,
          isFile: true,
          text,
          children: new Map(),
        });
      }
    }
  }

  #loadAttributes(folder: string, element: XmlNode): string {
    const [text, document] = this.#parse(`${folder}/${ATTRIBUTES}`);
    for (const attribute of document.root.attributes) {
      element.setAttribute(attribute.name!, attribute.contents);
    }
    return text;
  }

  #parse(path: string): [string, XmlDocument] {
    const content = readBytes(path);
    if (!content.ok) {
      throw new ConfError([`cannot read ${path}: ${content.reason}`]);
    }
    try {
      const document = parseXml(this.#library, content.bytes, { asData: true });
      this.#documents.push(document);
      return [content.bytes, document];
    } catch (error) {
      if (!(error instanceof XmlParseError)) throw error;
      throw new ConfError(parseProblems(error, path));
    }
  }

  #saveFolder(stored: Stored, element: XmlNode): void {
    const attributes = attributesText(element, stored === this.#root);
    if (attributes !== stored.text) {
      write(`${stored.path}/${ATTRIBUTES}`, attributes);
      stored.text = attributes;
    }
    const gone = new Map(stored.children);
    for (const child of element.children) {
      if (child.type !== NodeType.element) continue;
      const isFile = hasText(child);
      let entry = stored.children.get(child.pointer);
      if (entry !== undefined && entry.isFile === isFile) {
        gone.delete(child.pointer);
      } else entry = this.#newEntry(stored, child, isFile);
      if (isFile) this.#saveFile(entry, child);
      else this.#saveFolder(entry, child);
    }
    for (const [pointer, entry] of gone) {
      remove(entry);
      if (stored.children.get(pointer) === entry) {
        stored.children.delete(pointer);
      }
    }
  }

  #newEntry(stored: Stored, child: XmlNode, isFile: boolean): Stored {
    const name = `${child.name}#${++this.#highest}${isFile ? ".xml" : ""}`;
    const path = `${stored.path}/${name}`;
    const entry = { path, isFile, text: "", children: new Map() };
    if (!isFile) makeFolder(path);
    stored.children.set(child.pointer, entry);
    return entry;
  }

  #saveFile(entry: Stored, element: XmlNode): void {
    const text = `${DECLARATION}${
      this.#library.save(element.pointer, "utf8", true)
    }\n`;
    if (text === entry.text) return;
    write(entry.path, text);
    entry.text = text;
  }
}

const DECLARATION = `<?xml version="1.0" encoding="utf8"?>\n`;

/** An element with text right inside it is one file. */
function hasText(element: XmlNode): boolean {
  return element.children.some(({ type }) =>
    type === NodeType.text || type === NodeType.cdata
  );
}

/** The attributes, in an empty element of the same name; none for none. */
function attributesText(element: XmlNode, isRoot: boolean): string {
  const attributes = element.attributes
    .filter(({ name }) => !isRoot || name !== BACKING_STORE)
    .map(({ name, contents = "" }) =>
      ` ${name}="${escapeAttribute(contents)}"`
    );
  return attributes.length === 0
    ? ""
    : `${DECLARATION}<${element.name}${attributes.join("")}/>\n`;
}

function escapeAttribute(text: string): string {
  return text.replace(
    /[&<>"\t\n\r]/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
}

/** An empty text stands for no file. */
function write(path: string, text: string): void {
  if (text === "") {
    unlink(path);
    return;
  }
  const problem = writeAtomically(path, text);
  if (problem !== undefined) throw new ConfError([problem]);
}

function makeFolder(path: string): void {
  const result = mkdir(path, FOLDER_MODE);
  if (result < 0 && result !== -EEXIST) {
    throw new ConfError([`cannot create ${path}: ${strerror(-result)}`]);
  }
}

function remove(entry: Stored): void {
  for (const child of entry.children.values()) remove(child);
  if (entry.isFile) {
    unlink(entry.path);
    return;
  }
  unlink(`${entry.path}/${ATTRIBUTES}`);
  rmdir(entry.path);
}
