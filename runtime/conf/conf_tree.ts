/**
 * The document of a configuration together with the files that it includes,
 * each file's nodes inside its `include` element; and the way back: the text
 * of each file, with what is included left out.
 *
 * The invariant: a node inside an `include` element that has files belongs to
 * one of them. Nothing is written here, see save.ts.
 * Specification: runtime.md §1.1, §1.9.
 */
import { realpath } from "../posix/files.ts";
import { strerror } from "../posix/posix_error.ts";
import type { XmlDocument } from "../xml/document.ts";
import { NodeType, type Pointer, type XmlLibrary } from "../xml/library.ts";
import type { XmlNode } from "../xml/node.ts";
import { BACKING_STORE, BackingStore } from "./backing_store.ts";
import { ConfError } from "./conf_error.ts";
import {
  type ConfFile,
  includedFile,
  type IncludeOptions,
  mainFile,
  mainText,
  textOf,
} from "./conf_file.ts";
import { isPattern, matchingFiles } from "./glob.ts";

/** An element that includes files. */
interface Include {
  readonly element: XmlNode;
  readonly files: readonly ConfFile[];
  /** What the element itself has inside, hidden by the files. */
  readonly hidden: readonly XmlNode[];
}

/** See the head of this file. */
export class ConfTree implements Disposable {
  /** The file that includes the others, then those. */
  readonly files: ConfFile[] = [];
  /** The elements whose inside lies in folders. */
  readonly stores: BackingStore[] = [];
  readonly #includes = new Map<Pointer, Include>();
  /** The file of each node right inside of an include. */
  readonly #owners = new Map<Pointer, ConfFile>();

  /**
   * @param library From `loadXmlLibrary`.
   * @param source The text of a document, or the file that has it.
   * @param report Told of snippets that cannot be used.
   * @throws {ConfError} When the document or a file that it includes cannot be
   * read or is not well-formed.
   */
  constructor(
    library: XmlLibrary,
    source: { readonly text: string } | { readonly path: string },
    report: (problem: string) => void,
  ) {
    try {
      this.#load(library, source, report);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Frees the documents. Their nodes must not be used any more. */
  [Symbol.dispose](): void {
    for (const part of [...this.files, ...this.stores]) part[Symbol.dispose]();
    this.files.length = 0;
    this.stores.length = 0;
  }

  /** The merged document. */
  get document(): XmlDocument {
    return this.files[0]!.document;
  }

  /** Says that a node has changed, or is about to leave the tree. */
  markChanged(node: XmlNode): void {
    this.#partOf(node).changed = true;
  }

  /** The file or folder that a node belongs to. */
  #partOf(node: XmlNode): ConfFile | BackingStore {
    let below = node.type === NodeType.element ? node : node.parent;
    for (let at = below; at !== undefined; at = at.parent) {
      const { pointer } = at;
      const store = this.stores.find(({ element }) =>
        element.pointer === pointer
      );
      if (store !== undefined) return store;
      const include = this.#includes.get(pointer);
      if (include !== undefined && below !== undefined && below !== at) {
        return this.#ownerIn(include, below);
      }
      below = at;
    }
    return this.files[0]!;
  }

  /** A node that is new inside of an include comes from its predecessor's. */
  #ownerIn(include: Include, node: XmlNode): ConfFile {
    const known = this.#owners.get(node.pointer);
    if (known !== undefined) return known;
    let owner = include.files[0]!;
    for (const child of include.element.children) {
      if (child.isSame(node)) break;
      owner = this.#owners.get(child.pointer) ?? owner;
    }
    this.#owners.set(node.pointer, owner);
    return owner;
  }

  /** The texts of files, as they are to be written. */
  texts(files: readonly ConfFile[]): string[] {
    const taken = Array.from(this.#includes.values(), (include) => ({
      include,
      nodes: include.element.children,
      owners: include.element.children.map((node) =>
        this.#ownerIn(include, node)
      ),
    }));
    for (const { include, nodes, owners } of taken) {
      nodes.forEach((node, index) => {
        const { document } = owners[index]!;
        document.append(document.root, node);
      });
      for (const node of include.hidden) {
        this.document.append(include.element, node);
      }
    }
    const stored = this.stores.map(({ element }) => {
      const nodes = element.children;
      for (const node of nodes) node.remove();
      return { element, nodes };
    });
    try {
      return files.map(textOf);
    } finally {
      for (const { element, nodes } of stored) {
        for (const node of nodes) this.document.append(element, node);
      }
      for (const { include, nodes } of taken) {
        for (const node of include.hidden) node.remove();
        for (const node of nodes) this.document.append(include.element, node);
      }
    }
  }

  #load(
    library: XmlLibrary,
    source: { readonly text: string } | { readonly path: string },
    report: (problem: string) => void,
  ): void {
    const loader: Loader = { library, report, problems: [] };
    if ("text" in source) {
      this.files.push(
        mainText(library, source.text),
      );
      this.#expand(loader, this.document.root, "/", []);
    } else {
      const path = realpath(source.path);
      if (typeof path === "number") {
        throw new ConfError([`cannot read ${source.path}: ${strerror(-path)}`]);
      }
      this.files.push(mainFile(library, path));
      this.#openStores(loader, folderOf(path));
      this.#expand(loader, this.document.root, folderOf(path), [path]);
    }
    if (loader.problems.length > 0) throw new ConfError(loader.problems);
  }

  /** Stores are known in the first file alone, and not within one another. */
  #openStores({ library, problems }: Loader, folder: string): void {
    const path =
      `/*//*[@${BACKING_STORE}][not(ancestor::*[@${BACKING_STORE}])]`;
    for (const element of this.document.find(path)) {
      const place = element.attribute(BACKING_STORE)!;
      try {
        this.stores.push(
          new BackingStore(
            library,
            this.document,
            element,
            place.startsWith("/") ? place : `${folder}/${place}`,
          ),
        );
      } catch (error) {
        if (!(error instanceof ConfError)) throw error;
        problems.push(...error.problems);
      }
    }
  }

  /**
   * Puts files into the includes at or below a node.
   *
   * @param folder Where relative paths start.
   * @param within The files that lead here.
   */
  #expand(
    loader: Loader,
    top: XmlNode,
    folder: string,
    within: readonly string[],
  ): void {
    for (
      const element of this.document.find(
        `descendant-or-self::include[@file][not(ancestor::*[@${BACKING_STORE}])]`,
        top,
      )
    ) {
      const file = element.attribute("file")!;
      const name = file.startsWith("/") ? file : `${folder}/${file}`;
      const snippet = element.attribute("snippet");
      const files = includedFiles(loader, name, within, {
        snippet: snippet !== undefined && snippet !== "false",
        readonly: element.attribute("readonly") === "true",
      });
      if (files.length > 0) this.#absorb(loader, element, files, within);
    }
  }

  #absorb(
    loader: Loader,
    element: XmlNode,
    files: readonly ConfFile[],
    within: readonly string[],
  ): void {
    const hidden = element.children;
    for (const node of hidden) node.remove();
    this.#includes.set(element.pointer, { element, files, hidden });
    this.files.push(...files);
    for (const file of files) {
      for (const node of file.document.root.children) {
        if (node.type === NodeType.text) continue;
        const inside = this.document.append(element, node);
        this.#owners.set(inside.pointer, file);
        if (inside.type !== NodeType.element) continue;
        const path = file.path!;
        this.#expand(loader, inside, folderOf(path), [...within, path]);
      }
    }
  }
}

/** What the loading of a tree has at hand. */
interface Loader {
  readonly library: XmlLibrary;
  readonly report: (problem: string) => void;
  /** Why the tree cannot be used. */
  readonly problems: string[];
}

function includedFiles(
  loader: Loader,
  name: string,
  within: readonly string[],
  options: IncludeOptions,
): ConfFile[] {
  const files: ConfFile[] = [];
  for (const path of isPattern(name) ? matchingFiles(name) : [name]) {
    const real = realpath(path);
    if (typeof real === "number") {
      const missing = options.snippet && strerror(-real) === strerror(2);
      if (!missing) {
        complain(loader, options, [`cannot read ${path}: ${strerror(-real)}`]);
      }
      continue;
    }
    if (within.includes(real)) {
      const loop = [...within, real].join(" includes ");
      complain(loader, options, [`include loop: ${loop}`]);
      continue;
    }
    try {
      files.push(
        includedFile(loader.library, real, options),
      );
    } catch (error) {
      if (!(error instanceof ConfError)) throw error;
      complain(loader, options, error.problems);
    }
  }
  return files;
}

/** A snippet may fail, a whole document must not. */
function complain(
  { report, problems }: Loader,
  { snippet }: IncludeOptions,
  lines: readonly string[],
): void {
  if (snippet) { for (const line of lines) report(line); }
  else problems.push(...lines);
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf("/")));
}
