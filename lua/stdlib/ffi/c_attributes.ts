/**
 * Attributes and other extensions of gcc in C declarations. Those that change
 * a layout are taken, the others skipped.
 */
import { CError } from "./c_error.ts";
import { readExpression } from "./c_expression.ts";
import type { CLexer } from "./c_lexer.ts";
import type { CReader } from "./c_reader.ts";

/** What attributes ask for. */
export interface Attributes {
  packed?: boolean;
  align?: number;
  /** Bytes that `mode` asks for. */
  mode?: 1 | 2 | 4 | 8;
}

/** `__asm__("name")` and attributes behind a declarator. */
export function readAfterDeclarator(
  reader: CReader,
  into: Attributes = {},
): string | undefined {
  const lexer: CLexer = reader.lexer;
  let symbol: string | undefined;
  for (;;) {
    if (lexer.kind !== "name") return symbol;
    if (/^(?:__)?asm(?:__)?$/.test(lexer.text)) {
      lexer.next();
      lexer.expect("(");
      symbol = lexer.text;
      lexer.expect("string");
      lexer.expect(")");
    } else if (!readAttribute(reader, into)) return symbol;
  }
}

/** Reads one attribute, or an extension that means nothing here. */
export function readAttribute(reader: CReader, into: Attributes): boolean {
  const lexer: CLexer = reader.lexer;
  if (lexer.kind !== "name") return false;
  switch (lexer.text) {
    case "__extension__":
      lexer.next();
      return true;
    case "__declspec":
      lexer.next();
      lexer.expect("(");
      readAttributeList(reader, into);
      lexer.expect(")");
      return true;
    case "__attribute__":
    case "__attribute":
      lexer.next();
      lexer.expect("(");
      lexer.expect("(");
      readAttributeList(reader, into);
      lexer.expect(")");
      lexer.expect(")");
      return true;
  }
  return false;
}

function readAttributeList(reader: CReader, into: Attributes): void {
  const lexer: CLexer = reader.lexer;
  while (lexer.kind !== ")" && lexer.kind !== "<eof>") {
    if (lexer.accept(",")) continue;
    const name = lexer.expectName().replace(/^__(.*)__$/, "$1");
    if (name === "packed") into.packed = true;
    else if (name === "vector_size") {
      throw new CError("unsupported: vector types");
    } else if ((name === "aligned" || name === "align")) {
      into.align = 16;
      if (lexer.accept("(")) {
        const align = Number(readExpression(reader));
        if (
          !(align > 0 && align <= 1 << 16 &&
            Number.isInteger(Math.log2(align)))
        ) {
          lexer.fail("invalid value");
        }
        into.align = align;
        lexer.expect(")");
      }
    } else if (name === "mode" && lexer.accept("(")) {
      const mode = lexer.expectName().replace(/^__(.*)__$/, "$1");
      const size = { QI: 1, HI: 2, SI: 4, DI: 8, word: 8, pointer: 8 }[mode];
      if (size !== undefined) into.mode = size as 1 | 2 | 4 | 8;
      lexer.expect(")");
    } else if (lexer.kind === "(") skipBalanced(reader, "(", ")");
  }
}

/** Skips what stands between brackets, and these. */
export function skipBalanced(
  reader: CReader,
  opening: string,
  closing: string,
): void {
  const lexer: CLexer = reader.lexer;
  let open = 0;
  do {
    if (lexer.kind === opening) open++;
    else if (lexer.kind === closing) open--;
    else if (lexer.kind === "<eof>") lexer.expect(closing);
    lexer.next();
  } while (open > 0);
}
