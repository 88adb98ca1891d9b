/**
 * XML: `mtev.parsexml`, documents, nodes and their iterators. The work is done
 * by libxml2 in runtime/xml/, which is loaded when it is first needed.
 * Specification: mtev-lua-api.md §9.
 *
 * Nodes and iterators hold their document, so it lives as long as any of them.
 */
import {
  parseXml,
  type XmlDocument,
  XmlParseError,
} from "../../runtime/xml/document.ts";
import {
  loadedXmlLibrary,
  loadXmlLibrary,
  type XmlLibrary,
} from "../../runtime/xml/library.ts";
import type { XmlNode } from "../../runtime/xml/node.ts";
import { checkString, raise, toStringArgument } from "../args.ts";
import { definer } from "../define.ts";
import { LuaError } from "../errors.ts";
import { NOTHING, suspendOn } from "../host.ts";
import { methodMetatable } from "../methods.ts";
import { encodeText } from "../text.ts";
import { type LuaTable, LuaUserdata, type LuaValue } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** The log stream that tells what is wrong with documents and expressions. */
const LOG = "debug/xml";

/**
 * With more text than this in documents that have not been freed, a caller
 * that can wait gives the finalizers a chance first.
 */
const MAX_UNFREED = 16 * 2 ** 20;

/** A document in Lua's hands. */
class Document extends LuaUserdata {
  constructor(metatable: LuaTable, readonly document: XmlDocument) {
    super(metatable);
  }
}

/** A node in Lua's hands. */
class Node extends LuaUserdata {
  constructor(metatable: LuaTable, readonly node: XmlNode) {
    super(metatable);
  }
}

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state, coroutines } = context;
  const { logs } = context.process;
  const define = definer(state);
  const documentMethods = state.newTable();
  const documentMetatable = methodMetatable(
    state,
    "mtev.xmldoc",
    documentMethods,
  );
  const nodeMethods = state.newTable();
  const nodeMetatable = methodMetatable(state, "mtev.xmlnode", nodeMethods);

  /** The document that a method was called on. */
  function thisDocument(args: readonly LuaValue[]): XmlDocument {
    const [self] = args;
    if (self instanceof Document) return self.document;
    raise(state, "must be called as method");
  }

  /** The node that a method was called on. */
  function thisNode(args: readonly LuaValue[]): XmlNode {
    const [self] = args;
    if (self instanceof Node) return self.node;
    raise(state, "must be called as method");
  }

  function checkNoArguments(args: readonly LuaValue[]): void {
    if (args.length > 1) {
      raise(state, `expects no arguments, got ${args.length - 1}`);
    }
  }

  /** Raises in Lua what the library throws. */
  function attempt<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      raise(state, encodeText((error as Error).message));
    }
  }

  function log(message: string): void {
    const stream = logs.get(LOG);
    if (stream.effective) stream.log(message + "\n");
  }

  function parse(library: XmlLibrary, text: string): LuaValue {
    try {
      return new Document(documentMetatable, parseXml(library, text));
    } catch (error) {
      if (!(error instanceof XmlParseError)) throw error;
      for (const { message, line, column } of error.problems) {
        log(`line ${line}, column ${column}: ${message}`);
      }
      return undefined;
    }
  }

  /**
   * @lua document = mtev.parsexml(text)
   * Parses an XML document. External entities are never fetched, and entities
   * that expand beyond all measure are refused. What is wrong with a document,
   * and where, is written to the log `debug/xml`.
   * @param text string: the document, in the encoding that it declares
   * @return mtev.xmldoc: the document, or nil if it is not well-formed
   * @error `parsexml requires one argument`
   * @error at the first call outside a coroutine that can wait
   * @suspends maybe: the first call of a process, which loads libxml2; and for one turn of the loop while many megabytes of documents wait to be freed
   * @example local document = assert(mtev.parsexml("<a><b>text</b></a>"))
   * @source mtev-lua-api.md §9.1
   * @compat differs: the first call has to wait some 50 ms
   */
  define(mtev, "parsexml", (...args) => {
    if (args.length !== 1) raise(state, "parsexml requires one argument");
    const text = toStringArgument(args[0]) ?? "";
    const library = loadedXmlLibrary();
    const mayWait = coroutines.currentOrNone !== undefined && state.isYieldable;
    if (library !== undefined) {
      if (library.unfreedBytes < MAX_UNFREED || !mayWait) {
        return attempt(() => parse(library, text));
      }
      return suspendOn(
        nextTask().then(() => parse(library, text)),
        toLuaError,
      );
    }
    if (!mayWait) {
      raise(
        state,
        "parsexml: the first call waits for libxml2 to load, and cannot wait here",
      );
    }
    return suspendOn(
      loadXmlLibrary().then((loaded) => parse(loaded, text)),
      toLuaError,
    );
  });

  /**
   * @lua node = xmldoc:root()
   * The root element.
   * @return mtev.xmlnode: the element
   * @error `expects no arguments, got %d`
   * @suspends no
   * @example print(doc:root():name())
   * @source mtev-lua-api.md §9.2
   * @compat same
   */
  define(documentMethods, "root", (...args) => {
    const document = thisDocument(args);
    checkNoArguments(args);
    return new Node(nodeMetatable, attempt(() => document.root));
  });

  /**
   * @lua text = xmldoc:tostring()
   * Writes the document, indented, with a declaration and a final newline.
   * @return string: the document in UTF-8
   * @error `expects no arguments, got %d`
   * @suspends no
   * @example print(doc:tostring())
   * @source mtev-lua-api.md §9.2
   * @compat same
   */
  define(documentMethods, "tostring", (...args) => {
    const document = thisDocument(args);
    checkNoArguments(args);
    return attempt(() => document.format("utf8"));
  });

  /**
   * @lua iterator = xmldoc:xpath(expression, node)
   * Searches the document with XPath 1.0. An expression that is malformed, or
   * that gives a number, a string or a boolean, finds nothing; the log
   * `debug/xml` tells why. No prefix is known: use `local-name()`.
   * @param expression string: such as `//book[@id='1']/title`
   * @param node? mtev.xmlnode: where relative paths start
   * @return function: an iterator over the nodes, attributes and texts found
   * @error `no xpath expression provided`
   * @error `expects 1 or 2 arguments, got %d`
   * @suspends no
   * @example for title in doc:xpath("//title") do print(title:contents()) end
   * @source mtev-lua-api.md §9.2
   * @compat differs: namespace nodes are left out; expressions over 8,192 bytes, with over 64 levels of brackets, or that take seconds find nothing
   */
  define(documentMethods, "xpath", (...args) => {
    const document = thisDocument(args);
    if (args.length < 2 || args.length > 3) {
      raise(state, `expects 1 or 2 arguments, got ${args.length}`);
    }
    const expression = toStringArgument(args[1]) ??
      raise(state, "no xpath expression provided");
    const from = args[2];
    let found: readonly XmlNode[] = [];
    try {
      found = document.find(
        expression,
        from instanceof Node ? from.node : undefined,
      );
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof TypeError)) {
        raise(state, encodeText((error as Error).message));
      }
      log(error.message);
    }
    let index = 0;
    return state.newFunction("xpath", () => {
      const node = found[index++];
      if (node !== undefined) return new Node(nodeMetatable, node);
      found = []; // the iterator holds the document no longer
      return NOTHING;
    });
  });

  /**
   * @lua name = xmlnode:name()
   * The name of the node without its prefix.
   * @return string: the name; `text` and `comment` for such nodes, nil for CDATA sections and the document
   * @suspends no
   * @example print(doc:root():name())
   * @source mtev-lua-api.md §9.3
   * @compat same
   */
  define(nodeMethods, "name", (...args) => {
    const node = thisNode(args);
    return attempt(() => node.name);
  });

  const attr = (...args: LuaValue[]) => {
    const node = thisNode(args);
    if (args.length < 2 || args.length > 3) {
      raise(state, "must be called with one argument");
    }
    const key = checkString(state, args, 1);
    if (args.length === 2) return attempt(() => node.attribute(cutAtNul(key)));
    const value = toStringArgument(args[2]);
    attempt(() => node.setAttribute(cutAtNul(key), value && cutAtNul(value)));
    return NOTHING;
  };

  /**
   * @lua value = xmlnode:attr(key, value)
   * Gets an attribute, whatever its prefix; or, with a second argument, sets
   * one without a prefix and returns nothing.
   * @param key string: the name of the attribute
   * @param value? string: the new value; nil leaves the attribute empty
   * @return string: the value, or nil if there is no such attribute
   * @error `must be called with one argument`
   * @suspends no
   * @example node:attr("id", "7") print(node:attr("id"))
   * @source mtev-lua-api.md §9.3
   * @compat same
   */
  define(nodeMethods, "attr", attr);

  /**
   * @lua value = xmlnode:attribute(key, value)
   * The same as `xmlnode:attr`.
   * @param key string: the name of the attribute
   * @param value? string: the new value; nil leaves the attribute empty
   * @return string: the value, or nil if there is no such attribute
   * @error `must be called with one argument`
   * @suspends no
   * @example print(node:attribute("id"))
   * @source mtev-lua-api.md §9.3
   * @compat same
   */
  define(nodeMethods, "attribute", attr);

  /**
   * @lua text = xmlnode:contents(text)
   * Gets the text of the node and of all nodes inside, entities expanded; or,
   * with an argument, replaces all of it by a text and returns nothing. Nodes
   * that were inside and that the program still holds stay usable.
   * @param text? string: the new text, in which markup means nothing
   * @return string: the text, empty if there is none
   * @error `must be called with no arguments`
   * @suspends no
   * @example node:contents("a < b") print(node:contents())
   * @source mtev-lua-api.md §9.3
   * @compat same
   */
  define(nodeMethods, "contents", (...args) => {
    const node = thisNode(args);
    if (args.length === 1) return attempt(() => node.contents);
    const text = toStringArgument(args[1]);
    if (args.length > 2 || text === undefined) {
      raise(state, "must be called with no arguments");
    }
    attempt(() => node.setContents(cutAtNul(text)));
    return NOTHING;
  });

  /**
   * @lua iterator = xmlnode:children()
   * Iterates over all nodes directly inside this one: elements, texts (also
   * white space), comments and processing instructions.
   * @return function: an iterator over the nodes
   * @suspends no
   * @example for child in doc:root():children() do print(child:name()) end
   * @source mtev-lua-api.md §9.3
   * @compat same
   */
  define(nodeMethods, "children", (...args) => {
    let next = attempt(() => thisNode(args).firstChild);
    return state.newFunction("children", () => {
      const node = next;
      if (node === undefined) return NOTHING;
      next = attempt(() => node.nextSibling);
      return new Node(nodeMetatable, node);
    });
  });

  /**
   * @lua node = xmlnode:next()
   * The next node inside the same parent.
   * @return mtev.xmlnode: the node, or nil if this is the last one
   * @suspends no
   * @example local second = doc:root():children()():next()
   * @source mtev-lua-api.md §9.3
   * @compat differs: libmtev documents it, but raises `mtev.xmlnode no such element: next`
   */
  define(nodeMethods, "next", (...args) => {
    const node = thisNode(args);
    const next = attempt(() => node.nextSibling);
    return next && new Node(nodeMetatable, next);
  });

  /**
   * @lua child = xmlnode:addchild(name)
   * Appends an empty element, in the namespace of its parent.
   * @param name string: the name of the element
   * @return mtev.xmlnode: the new element
   * @error `must be called with one argument`
   * @suspends no
   * @example doc:root():addchild("item"):contents("text")
   * @source mtev-lua-api.md §9.3
   * @compat same
   */
  define(nodeMethods, "addchild", (...args) => {
    const node = thisNode(args);
    const name = toStringArgument(args[1]);
    if (args.length !== 2 || name === undefined) {
      raise(state, "must be called with one argument");
    }
    return new Node(
      nodeMetatable,
      attempt(() => node.addChild(cutAtNul(name))),
    );
  });
}

function toLuaError(reason: unknown): LuaError {
  return new LuaError(encodeText(`parsexml: ${(reason as Error).message}`));
}

/** Lets JavaScript's own loop turn, in which finalizers run. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function cutAtNul(text: string): string {
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}
