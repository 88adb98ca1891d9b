/**
 * The files of a configuration: reading documents and snippets, and the texts
 * that are to be written. How they make one tree is in conf_tree.ts.
 * Specification: runtime.md §1.9.
 */
import { readBytes } from "../files/read.ts";
import { parseXml, type XmlDocument, XmlParseError } from "../xml/document.ts";
import { NodeType, type XmlLibrary } from "../xml/library.ts";
import { ConfError, parseProblems } from "./conf_error.ts";

/** What the nodes of a snippet, which has no root of its own, are put in. */
const WRAPPER = "<_>";

/** Entities are known, and indentation is nothing that anyone searches for. */
const READ = { asData: true } as const;

/** A file of a configuration. */
export class ConfFile implements Disposable {
  /** Whether the tree differs from what the file says. */
  changed = false;

  /**
   * @param path Its real path; undefined when the text came from elsewhere.
   * @param document The tree, or of an included file the rest: its root with
   * the attributes, and what is around that.
   * @param declaration Of a snippet, what to write before its nodes.
   * @param frozen Why the file must not be written.
   */
  constructor(
    readonly path: string | undefined,
    readonly document: XmlDocument,
    readonly declaration?: string,
    readonly frozen?: string,
  ) {}

  [Symbol.dispose](): void {
    this.document[Symbol.dispose]();
  }
}

/** What the attributes of an include say. */
export interface IncludeOptions {
  readonly snippet: boolean;
  readonly readonly: boolean;
}

/** A file whose document is read, with what keeps it from being written. */
function included(
  path: string,
  document: XmlDocument,
  { readonly }: IncludeOptions,
  declaration?: string,
): ConfFile {
  const frozen = readonly
    ? "it is included as readonly"
    : document.root.children.some(({ type }) => type === NodeType.text)
    ? "it has text beside its elements, which would get lost"
    : undefined;
  return new ConfFile(path, document, declaration, frozen);
}

/** The first file of a configuration, from a text. */
export function mainText(library: XmlLibrary, text: string): ConfFile {
  return new ConfFile(undefined, parseXml(library, text, READ));
}

/**
 * The first file of a configuration.
 *
 * @param path Its real path.
 * @throws {ConfError} When it cannot be read or is not well-formed.
 */
export function mainFile(library: XmlLibrary, path: string): ConfFile {
  return new ConfFile(path, parseFile(library, path));
}

/**
 * A file that is included.
 *
 * @param path Its real path.
 * @throws {ConfError} When it cannot be read or is not well-formed.
 */
export function includedFile(
  library: XmlLibrary,
  path: string,
  options: IncludeOptions,
): ConfFile {
  return options.snippet
    ? parseSnippet(library, path, options)
    : included(path, parseFile(library, path), options);
}

function parseFile(library: XmlLibrary, path: string): XmlDocument {
  return parse(library, read(path), path, 0);
}

function parseSnippet(
  library: XmlLibrary,
  path: string,
  options: IncludeOptions,
): ConfFile {
  const text = read(path);
  const declaration = /^<\?xml\s[^>]*\?>\s*/.exec(text)?.[0] ?? "";
  const body = text.slice(declaration.length);
  const lines = declaration.split("\n").length - 1;
  const wrapped = "\n".repeat(lines) + WRAPPER + body + "</_>";
  const shift = lines === 0 ? WRAPPER.length : 0;
  const document = parseWrapped(library, wrapped, path, shift);
  return included(path, document, options, declaration);
}

/** Of the problems the first one counts: later ones may be of the wrapper. */
function parseWrapped(
  library: XmlLibrary,
  text: string,
  path: string,
  shift: number,
): XmlDocument {
  try {
    return parse(library, text, path, shift);
  } catch (error) {
    if (!(error instanceof ConfError)) throw error;
    throw new ConfError(error.problems.slice(0, 1));
  }
}

function read(path: string): string {
  const content = readBytes(path);
  if (content.ok) return content.bytes;
  throw new ConfError([`cannot read ${path}: ${content.reason}`]);
}

function parse(
  library: XmlLibrary,
  text: string,
  path: string,
  shift: number,
): XmlDocument {
  try {
    return parseXml(library, text, READ);
  } catch (error) {
    if (!(error instanceof XmlParseError)) throw error;
    throw new ConfError(parseProblems(error, path, shift));
  }
}

/** The text of a file whose nodes are all in its own document. */
export function textOf({ document, declaration }: ConfFile): string {
  if (declaration === undefined) return document.format("utf8");
  const nodes = document.root.children.map((node) =>
    document.library.save(node.pointer, "utf8", true)
  );
  return declaration + nodes.map((text) => text + "\n").join("");
}
