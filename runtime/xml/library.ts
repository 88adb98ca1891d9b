/**
 * libxml2, compiled to WebAssembly: loading it, its memory, and the few of its
 * structures that are read directly. Not the documents themselves, which are in
 * document.ts and node.ts.
 *
 * The raw module of the package is used rather than its classes: those print
 * the errors of XPath expressions to the console, refuse undeclared prefixes,
 * free nodes that others still hold, and convert every string to UTF-16. The
 * offsets below belong to the pinned version; `loadXmlLibrary` checks them.
 *
 * Strings are binary: UTF-8, one byte per character. A trap inside libxml2
 * leaves its stack unusable, so the instance is given up after one.
 */
import type { LibXml2 } from "libxml2-wasm/lib/libxml2raw.mjs";
import { binaryString, writeBinaryString } from "../posix/bytes.ts";

/** A place in libxml2's memory; 0 is none. */
export type Pointer = number;

/** What is wrong with a document or an expression, and where. */
export interface XmlProblem {
  readonly message: string;
  /** The part of libxml2 that found it, and its number there. */
  readonly domain: number;
  readonly code: number;
  /** 1 for a warning, 2 for an error, 3 if parsing had to stop. */
  readonly level: number;
  /** The line in the document, from 1. */
  readonly line: number;
  /** The column in that line, from 1. */
  readonly column: number;
}

/** The type of a node, as libxml2 numbers them. */
export const NodeType = {
  element: 1,
  attribute: 2,
  text: 3,
  cdata: 4,
  entityReference: 5,
  instruction: 7,
  comment: 8,
  document: 9,
  namespace: 18,
} as const;

/** Offsets in the structures of nodes, attributes and documents. */
export const NodeField = {
  type: 4,
  name: 8,
  children: 12,
  parent: 20,
  next: 24,
  namespace: 36,
  attributes: 44,
  line: 56,
} as const;

/** Offsets in the structure of an error. */
const ErrorField = {
  domain: 0,
  code: 4,
  message: 8,
  level: 12,
  line: 20,
  column: 40,
};

/** Offsets in the context of an XPath evaluation. */
export const XPathContextField = { errorHandler: 132, operationLimit: 204 };

let library: XmlLibrary | undefined;
let loading: Promise<XmlLibrary> | undefined;

/** The library if it has been loaded and works. */
export function loadedXmlLibrary(): XmlLibrary | undefined {
  return library?.works ? library : undefined;
}

/**
 * Loads the library, once; again after it has failed.
 *
 * @returns The library, after some 50 ms the first time.
 * @throws {Error} If the package is not the version that this is written for.
 */
export function loadXmlLibrary(): Promise<XmlLibrary> {
  const loaded = loadedXmlLibrary();
  if (loaded !== undefined) return Promise.resolve(loaded);
  return loading ??= load().finally(() => loading = undefined);
}

async function load(): Promise<XmlLibrary> {
  const { default: instantiate } = await import(
    "libxml2-wasm/lib/libxml2raw.mjs"
  );
  const fresh = new XmlLibrary(await instantiate());
  fresh.check();
  return library = fresh;
}

/** The library failed inside and cannot go on; another one can be loaded. */
export class XmlLibraryError extends Error {
  override readonly name = "XmlLibraryError";
}

/** An instance of libxml2. Made by {@link loadXmlLibrary}. */
export class XmlLibrary {
  /** The functions of libxml2. */
  readonly raw: LibXml2;
  /** Passed where libxml2 wants to report errors; see {@link collect}. */
  readonly errorHandler: Pointer;
  /**
   * Bytes of text whose documents have not been freed. They are freed by
   * finalizers, which run only when JavaScript returns to its own loop.
   */
  unfreedBytes = 0;
  #problems: XmlProblem[] = [];
  #output: string[] = [];
  readonly #write: Pointer;
  readonly #close: Pointer;
  #works = true;

  /** Use {@link loadXmlLibrary}. */
  constructor(raw: LibXml2) {
    this.raw = raw;
    raw._xmlInitParser();
    this.errorHandler = raw.addFunction(
      (_: Pointer, error: Pointer) => this.#addProblem(error),
      "vii",
    );
    this.#write = raw.addFunction(
      (_: Pointer, from: Pointer, length: number) => {
        this.#output.push(binaryString(raw.HEAPU8, from, from + length));
        return length;
      },
      "iiii",
    );
    this.#close = raw.addFunction(() => 0, "ii");
  }

  /** False after libxml2 has trapped. */
  get works(): boolean {
    return this.#works;
  }

  /**
   * Runs calls of libxml2.
   *
   * @throws {XmlLibraryError} If they trap, or have before.
   */
  run<T>(body: (raw: LibXml2) => T): T {
    if (!this.#works) {
      throw new XmlLibraryError(
        "Cannot use XML document: libxml2 has failed before",
      );
    }
    try {
      return body(this.raw);
    } catch (error) {
      // A RangeError is the JavaScript stack, full at a call into libxml2.
      if (
        error instanceof WebAssembly.RuntimeError || error instanceof RangeError
      ) {
        this.#works = false;
        throw new XmlLibraryError(
          `Cannot use XML document: libxml2 failed (${error.message})`,
          { cause: error },
        );
      }
      throw error;
    }
  }

  /** Runs `body` and returns its result and what went wrong meanwhile. */
  collect<T>(body: (raw: LibXml2) => T): [T, readonly XmlProblem[]] {
    const problems = this.#problems = [];
    return [this.run(body), problems];
  }

  #addProblem(error: Pointer): void {
    this.#problems.push({
      message: (this.string(this.field(error, ErrorField.message)) ?? "")
        .trim(),
      domain: this.field(error, ErrorField.domain),
      code: this.field(error, ErrorField.code),
      level: this.field(error, ErrorField.level),
      line: this.field(error, ErrorField.line),
      column: this.field(error, ErrorField.column),
    });
  }

  /** The 32 bits at an offset of a structure. */
  field(pointer: Pointer, offset: number): number {
    return this.raw.HEAP32[(pointer + offset) >> 2]!;
  }

  /** Sets the 32 bits at an offset of a structure. */
  setField(pointer: Pointer, offset: number, value: number): void {
    this.raw.HEAP32[(pointer + offset) >> 2] = value;
  }

  /** The string at a place; none at 0. */
  string(pointer: Pointer): string | undefined {
    if (pointer === 0) return undefined;
    const heap = this.raw.HEAPU8;
    return binaryString(heap, pointer, heap.indexOf(0, pointer));
  }

  /** Like {@link string}, and frees what is there. */
  takeString(pointer: Pointer): string | undefined {
    const text = this.string(pointer);
    if (pointer !== 0) this.raw._free(pointer);
    return text;
  }

  /** Gives `body` a copy of a string in libxml2's memory. */
  withString<T>(text: string, body: (pointer: Pointer) => T): T {
    const pointer = this.raw._malloc(text.length + 1);
    if (pointer === 0) {
      throw new Error(
        `Cannot pass ${text.length} bytes to libxml2: its memory is full`,
      );
    }
    try {
      writeBinaryString(text, this.raw.HEAPU8, pointer);
      this.raw.HEAPU8[pointer + text.length] = 0;
      return body(pointer);
    } finally {
      if (this.#works) this.raw._free(pointer);
    }
  }

  /** Writes a document or a part of one. */
  save(pointer: Pointer, encoding: string, indent: boolean): string {
    const output: string[] = this.#output = [];
    this.run((raw) =>
      this.withString(encoding, (name) => {
        const context = raw._xmlSaveToIO(
          this.#write,
          this.#close,
          0,
          name,
          indent ? 1 : 0,
        );
        if (this.field(pointer, NodeField.type) === NodeType.document) {
          raw._xmlSaveDoc(context, pointer);
        } else raw._xmlSaveTree(context, pointer);
        raw._xmlSaveClose(context);
      })
    );
    this.#output = [];
    return output.join("");
  }

  /**
   * Finds out whether the structures look as this file says.
   *
   * @throws {Error} If they do not.
   */
  check(): void {
    const [works] = this.collect((raw) =>
      this.withString("<a>\n<b/></a>", (text) => {
        const parser = raw._xmlNewParserCtxt();
        const doc = raw._xmlCtxtReadMemory(parser, text, 12, 0, 0, 0);
        raw._xmlFreeParserCtxt(parser);
        const a = raw._xmlDocGetRootElement(doc);
        const b = this.field(this.field(a, NodeField.children), NodeField.next);
        const nodesFit = this.string(this.field(b, NodeField.name)) === "b" &&
          this.field(b, NodeField.line) % 65_536 === 2;
        const contextFits = this.#contextFits(doc);
        raw._xmlFreeDoc(doc);
        return nodesFit && contextFits;
      })
    );
    if (!works) {
      throw new Error("Cannot use libxml2: not the version expected");
    }
  }

  /** Whether the handler of XPath errors is where it is expected. */
  #contextFits(doc: Pointer): boolean {
    const context = this.raw._xmlXPathNewContext(doc);
    const { errorHandler, operationLimit } = XPathContextField;
    const fits = this.field(context, errorHandler) === 0 &&
      this.field(context, operationLimit) === 0;
    this.setField(context, errorHandler, this.errorHandler);
    const [expression, problems] = this.collect(() =>
      this.withString(
        "$unknown[",
        (text) => this.raw._xmlXPathCtxtCompile(context, text),
      )
    );
    this.raw._xmlXPathFreeContext(context);
    return fits && expression === 0 && problems.length === 1;
  }
}
