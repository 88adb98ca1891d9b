/** Declarators: pointers, arrays, parameters and the name in the middle. */
import { readAttribute } from "./c_attributes.ts";
import { CError, INVALID_TYPE, UNKNOWN_SIZE } from "./c_error.ts";
import { readExpression } from "./c_expression.ts";
import type { CLexer } from "./c_lexer.ts";
import { type CReader, type Declarator, SPECIFIERS } from "./c_reader.ts";
import { readTagName } from "./c_tags.ts";
import { type CType, MAX_SIZE, pointerTo, qualified, sizeOf } from "./ctype.ts";

/** A declarator: pointers, a name or an inner one, arrays, parameters. */
export function readDeclarator(reader: CReader, named: boolean): Declarator {
  return reader.nested(() => {
    const lexer: CLexer = reader.lexer;
    const before: ((type: CType) => CType)[] = [];
    for (;;) {
      if (readAttribute(reader, {})) continue;
      if (lexer.accept("*")) before.push(readPointer(reader));
      else if (lexer.accept("&")) {
        before.push((to) => ({ kind: "reference", to }));
      } else break;
    }
    let inner: Declarator = { name: undefined, apply: (type) => type };
    if (lexer.kind === "(" && isNested(reader)) {
      lexer.next();
      inner = reader.declarator(named);
      lexer.expect(")");
    } else if (
      lexer.kind === "name" &&
      (named ? !SPECIFIERS.has(lexer.text) : !reader.startsType())
    ) {
      inner = { name: lexer.expectName(), apply: (type) => type };
    } else if (lexer.kind === "$" && named) {
      inner = { name: readTagName(reader), apply: (type) => type };
    }
    const after = readSuffixes(reader);
    return {
      name: inner.name,
      apply: (base) =>
        inner.apply(
          after.reduceRight(
            (type, wrap) => wrap(type),
            before.reduce((type, wrap) => wrap(type), base),
          ),
        ),
    };
  });
}

function readPointer(reader: CReader): (type: CType) => CType {
  const lexer: CLexer = reader.lexer;
  let constant = false;
  let volatile = false;
  while (lexer.kind === "name") {
    if (readAttribute(reader, {})) continue;
    const word = lexer.text.replace(/^__/, "").replace(/__$/, "");
    if (word === "const") constant = true;
    else if (word === "volatile") volatile = true;
    else if (word !== "restrict" && word !== "ptr32" && word !== "ptr64") {
      break;
    }
    lexer.next();
  }
  return (to) => qualified(pointerTo(to), constant, volatile);
}

/** Whether a parenthesis holds a declarator, not parameters. */
function isNested(reader: CReader): boolean {
  const [kind, text] = reader.lexer.peek();
  if (kind === "*" || kind === "&" || kind === "(" || kind === "[") {
    return true;
  }
  return kind === "name" &&
    (/^__attribute/.test(text) ||
      !SPECIFIERS.has(text) && !reader.known.typedefs.has(text));
}

function readSuffixes(reader: CReader): ((type: CType) => CType)[] {
  const lexer: CLexer = reader.lexer;
  const after: ((type: CType) => CType)[] = [];
  for (;;) {
    if (lexer.accept("[")) after.push(readArray(reader));
    else if (lexer.accept("(")) after.push(readFunction(reader));
    else return after;
  }
}

function readArray(reader: CReader): (type: CType) => CType {
  const lexer: CLexer = reader.lexer;
  let length: number | undefined;
  let variable = false;
  while (
    lexer.kind === "name" &&
    /^(?:const|volatile|static|(?:__)?restrict)$/.test(lexer.text)
  ) lexer.next();
  if (lexer.accept("?")) variable = true;
  else if (lexer.kind !== "]") {
    const value = readExpression(reader);
    if (value < 0n || value > MAX_SIZE) throw new CError(UNKNOWN_SIZE);
    length = Number(value);
  }
  lexer.expect("]");
  return (element) => {
    const size = sizeOf(element);
    if (element.kind === "function") throw new CError(INVALID_TYPE);
    if (size === undefined || size * (length ?? 1) > MAX_SIZE) {
      throw new CError(UNKNOWN_SIZE);
    }
    return { kind: "array", element, length, variable };
  };
}

function readFunction(reader: CReader): (type: CType) => CType {
  const lexer: CLexer = reader.lexer;
  const parameters: CType[] = [];
  let variadic = false;
  if (
    lexer.kind === "name" && lexer.text === "void" && lexer.peek()[0] === ")"
  ) {
    lexer.next();
  }
  if (!lexer.accept(")")) {
    do {
      if (lexer.accept("...")) {
        variadic = true;
        break;
      }
      const { type } = reader.specifiers();
      parameters.push(decay(reader.declarator(true).apply(type)));
      while (readAttribute(reader, {}));
    } while (lexer.accept(","));
    lexer.expect(")");
  }
  return (result) => {
    if (result.kind === "function" || result.kind === "array") {
      throw new CError(INVALID_TYPE);
    }
    return { kind: "function", result, parameters, variadic };
  };
}

/** A parameter's type: arrays and functions are passed as pointers. */
function decay(type: CType): CType {
  if (type.kind === "array") return pointerTo(type.element);
  return type.kind === "function" ? pointerTo(type) : type;
}
