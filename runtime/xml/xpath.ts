/**
 * Evaluates XPath expressions, within limits. libxml2's own allow expressions
 * that overflow its stack of 64 KiB or keep it busy for ever.
 */
import {
  NodeField,
  NodeType,
  type Pointer,
  type XmlLibrary,
  XPathContextField,
} from "./library.ts";

/** Bytes of an expression. */
const MAX_LENGTH = 8192;

/** Brackets and parentheses inside one another. */
const MAX_DEPTH = 64;

/** Steps of an evaluation, about 2 s. */
const MAX_OPERATIONS = 100_000_000;

/** The type of a result that is a node-set. */
const NODE_SET = 1;

/** Where a result of the type string has it. */
const STRING_FIELD = 24;

/**
 * Evaluates an expression. Namespace nodes are left out of the result.
 *
 * @param library From `loadXmlLibrary`.
 * @param document The document.
 * @param expression The expression.
 * @param context The context node, or 0 for none.
 * @returns The nodes found.
 * @throws {SyntaxError} If the expression is malformed, too complex, or its
 * evaluation fails.
 * @throws {TypeError} If its result is no node-set.
 */
export function evaluateXPath(
  library: XmlLibrary,
  document: Pointer,
  expression: string,
  context: Pointer,
): Pointer[] {
  const nodes = evaluate(
    library,
    document,
    expression,
    context,
    (result) => nodesOf(library, result),
  );
  if (nodes === undefined) {
    throw new TypeError(
      `Cannot search with XPath: "${expression}" gives no node-set`,
    );
  }
  return nodes;
}

/**
 * Evaluates an expression and converts its result with XPath's `string()`.
 *
 * @param library From `loadXmlLibrary`.
 * @param document The document.
 * @param expression The expression.
 * @param context The context node, or 0 for none.
 * @returns The string.
 * @throws {SyntaxError} As {@link evaluateXPath}.
 */
export function evaluateXPathString(
  library: XmlLibrary,
  document: Pointer,
  expression: string,
  context: Pointer,
): string {
  return evaluate(
    library,
    document,
    `string(${expression})`,
    context,
    (result) => library.string(library.field(result, STRING_FIELD)) ?? "",
  );
}

/** Evaluates an expression and reads the result before that is freed. */
function evaluate<T>(
  library: XmlLibrary,
  document: Pointer,
  expression: string,
  context: Pointer,
  read: (result: Pointer) => T,
): T {
  checkComplexity(expression);
  const [outcome, problems] = library.collect((raw) => {
    const xpath = raw._xmlXPathNewContext(document);
    library.setField(
      xpath,
      XPathContextField.errorHandler,
      library.errorHandler,
    );
    library.setField(xpath, XPathContextField.operationLimit, MAX_OPERATIONS);
    const compiled = library.withString(
      expression,
      (text) => raw._xmlXPathCtxtCompile(xpath, text),
    );
    let outcome: { readonly value: T } | undefined;
    if (compiled !== 0) {
      if (context !== 0) raw._xmlXPathSetContextNode(context, xpath);
      const result = raw._xmlXPathCompiledEval(compiled, xpath);
      if (result !== 0) {
        outcome = { value: read(result) };
        raw._xmlXPathFreeObject(result);
      }
      raw._xmlXPathFreeCompExpr(compiled);
    }
    raw._xmlXPathFreeContext(xpath);
    return outcome;
  });
  if (outcome === undefined) {
    fail(expression, problems[0]?.message ?? "unknown error");
  }
  return outcome.value;
}

function nodesOf(library: XmlLibrary, result: Pointer): Pointer[] | undefined {
  if (library.field(result, 0) !== NODE_SET) return undefined;
  const set = library.field(result, 4);
  if (set === 0) return [];
  const count = library.field(set, 0);
  const table = library.field(set, 8) >> 2;
  // Namespace nodes are copies that are freed with the result.
  return Array.from(library.raw.HEAP32.subarray(table, table + count))
    .filter((node) =>
      library.field(node, NodeField.type) !== NodeType.namespace
    );
}

function checkComplexity(expression: string): void {
  if (expression.length > MAX_LENGTH) {
    fail(
      expression.slice(0, 40) + "...",
      `longer than ${MAX_LENGTH} bytes (${expression.length})`,
    );
  }
  let depth = 0;
  for (const [bracket] of expression.matchAll(/"[^"]*"|'[^']*'|[[\](){}]/g)) {
    if (bracket === "[" || bracket === "(") depth++;
    else if (bracket === "]" || bracket === ")") depth--;
    if (depth > MAX_DEPTH) {
      fail(
        expression.slice(0, 40) + "...",
        `more than ${MAX_DEPTH} brackets inside one another`,
      );
    }
  }
}

function fail(expression: string, reason: string): never {
  throw new SyntaxError(`Cannot search with XPath: "${expression}": ${reason}`);
}
