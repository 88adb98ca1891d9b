/** What stands in front of declarators: `static const unsigned int`. */
import { type Attributes, readAttribute } from "./c_attributes.ts";
import type { CLexer } from "./c_lexer.ts";
import type { CReader, Specifiers } from "./c_reader.ts";
import { readEnum, readStruct } from "./c_tags.ts";
import { CHAR, type CType, INT, intType, qualified, VOID } from "./ctype.ts";

/** Reads them; words that are no specifier end them. */
export function readSpecifiers(reader: CReader): Specifiers {
  const lexer: CLexer = reader.lexer;
  const words = new Map<string, number>();
  const attributes: Attributes = {};
  let storage: Specifiers["storage"];
  let type: CType | undefined;
  let constant = false;
  let volatile = false;
  const basic = () => words.size > 0;
  words: for (;;) {
    if (lexer.kind === "$" && type === undefined && !basic()) {
      lexer.next();
      const value = reader.nextParameter();
      if (typeof value !== "object") {
        lexer.fail("declaration specifier expected", "$");
      }
      type = value;
      continue;
    }
    if (lexer.kind !== "name") break;
    const word = lexer.text.replace(
      /^__(?=signed|const|volatile|restrict|inline)/,
      "",
    )
      .replace(/__$/, "");
    if (readAttribute(reader, attributes)) continue;
    switch (word) {
      case "const":
        constant = true;
        break;
      case "volatile":
        volatile = true;
        break;
      case "typedef":
      case "static":
      case "extern":
        storage = word;
        break;
      case "inline":
      case "register":
      case "restrict":
        break;
      case "signed":
      case "unsigned":
      case "short":
      case "long":
        if (type !== undefined) break words;
        words.set(word, (words.get(word) ?? 0) + 1);
        break;
      case "void":
      case "char":
      case "int":
      case "float":
      case "double":
        if (type !== undefined && type.kind !== "complex" || hasBase(words)) {
          break words;
        }
        words.set(word, 1);
        break;
      case "struct":
      case "union":
        if (type !== undefined || basic()) break words;
        lexer.next();
        type = readStruct(reader, word === "union");
        continue;
      case "enum":
        if (type !== undefined || basic()) break words;
        lexer.next();
        type = readEnum(reader);
        continue;
      default: {
        const named = reader.known.typedefs.get(lexer.text);
        if (
          named === undefined || type !== undefined ||
          basic() && named.kind !== "complex"
        ) break words;
        type = named;
      }
    }
    lexer.next();
  }
  return specified(
    reader,
    type,
    words,
    constant,
    volatile,
    attributes,
    storage,
  );
}

function specified(
  reader: CReader,
  found: CType | undefined,
  words: ReadonlyMap<string, number>,
  constant: boolean,
  volatile: boolean,
  { mode }: Attributes,
  storage: Specifiers["storage"],
): Specifiers {
  let type = found;
  if (words.size > 0) {
    const base = basicType(words);
    type = found?.kind === "complex"
      ? { ...found, size: base.kind === "float" && base.size === 4 ? 8 : 16 }
      : base;
  }
  if (type === undefined) {
    return reader.lexer.fail("declaration specifier expected");
  }
  if (mode !== undefined && type.kind === "int") {
    type = intType(mode, type.signed);
  }
  return { type: qualified(type, constant, volatile), storage };
}

function hasBase(words: ReadonlyMap<string, number>): boolean {
  return words.has("void") || words.has("char") || words.has("int") ||
    words.has("float") || words.has("double");
}

function basicType(words: ReadonlyMap<string, number>): CType {
  const long = words.get("long") ?? 0;
  const signed = !words.has("unsigned");
  if (words.has("void")) return VOID;
  if (words.has("float")) return { kind: "float", size: 4 };
  if (words.has("double")) {
    return { kind: "float", size: long > 0 ? 16 : 8 };
  }
  if (words.has("char")) {
    return signed ? CHAR : intType(1, false);
  }
  if (words.has("short")) return intType(2, signed);
  if (long > 0) return intType(8, signed);
  return signed ? INT : intType(4, false);
}
