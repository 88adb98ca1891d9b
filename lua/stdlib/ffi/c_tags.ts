/** Structs, unions and enumerations in C declarations, and their bodies. */
import {
  type Attributes,
  readAfterDeclarator,
  readAttribute,
} from "./c_attributes.ts";
import { CError } from "./c_error.ts";
import { readExpression } from "./c_expression.ts";
import type { CLexer } from "./c_lexer.ts";
import type { CReader } from "./c_reader.ts";
import { type CType, EnumTag, sizeOf, StructTag } from "./ctype.ts";
import { layOut, type LayoutOptions, type Member } from "./struct_layout.ts";

function redefined(reader: CReader, name: string | undefined): never {
  throw new CError(`attempt to redefine '${name}'${reader.lexer.where}`);
}

/** The name of a tag, which a `$` may stand for. */
export function readTagName(reader: CReader): string | undefined {
  const lexer: CLexer = reader.lexer;
  if (lexer.kind === "name") return lexer.expectName();
  if (lexer.kind !== "$") return undefined;
  if (typeof reader.parameters[0] !== "string") {
    lexer.fail("'<identifier>' expected");
  }
  lexer.next();
  return reader.nextParameter() as string;
}

/** A struct or union; its keyword has been read. */
export function readStruct(reader: CReader, union: boolean): CType {
  const lexer: CLexer = reader.lexer;
  const attributes: Attributes = {};
  while (readAttribute(reader, attributes));
  const name = readTagName(reader);
  if (name === undefined && lexer.kind !== "{") {
    lexer.fail("'<identifier>' expected");
  }
  let tag = name === undefined ? undefined : reader.known.tag(name);
  if (
    tag !== undefined && (!(tag instanceof StructTag) || tag.union !== union)
  ) {
    redefined(reader, name);
  }
  if (tag === undefined) {
    tag = new StructTag(name ?? reader.known.anonymousName(), union);
    if (name !== undefined) {
      if (lexer.kind !== "{" && !reader.implicit) {
        throw new CError(`undeclared or implicit tag '${name}'`);
      }
      reader.known.addTag(name, tag);
    }
  }
  if (lexer.kind === "{") {
    if (tag.fields !== undefined) {
      redefined(reader, name);
    }
    reader.nested(() => readBody(reader, tag, attributes));
  }
  return { kind: "struct", tag };
}

function readBody(
  reader: CReader,
  tag: StructTag,
  attributes: Attributes,
): void {
  const lexer: CLexer = reader.lexer;
  const members: Member[] = [];
  lexer.expect("{");
  while (!lexer.accept("}")) {
    if (lexer.accept(";")) continue;
    if (lexer.kind === "pack") {
      reader.pragma();
      continue;
    }
    readMembers(reader, tag, members);
  }
  while (readAttribute(reader, attributes));
  const options: LayoutOptions = {
    ...(attributes.packed === undefined ? {} : { packed: true }),
    ...(attributes.align === undefined ? {} : { align: attributes.align }),
    ...(reader.pack === undefined ? {} : { pack: reader.pack }),
  };
  layOut(tag, members, options);
}

function readMembers(reader: CReader, tag: StructTag, members: Member[]): void {
  const lexer: CLexer = reader.lexer;
  const { type: base, storage } = reader.specifiers();
  const last = members.at(-1)?.type;
  if (last?.kind === "array" && last.length === undefined) {
    lexer.fail("'}' expected");
  }
  if (lexer.kind === ";") {
    if (base.kind === "struct" && base.tag.fields !== undefined) {
      members.push({ name: undefined, type: base });
    } else if (base.kind === "enum") {
      for (const [name, value] of base.tag.constants) {
        tag.constants.set(name, value);
      }
    }
    lexer.next();
    return;
  }
  do {
    const { name, apply } = lexer.kind === ":"
      ? { name: undefined, apply: (type: CType) => type }
      : reader.declarator(true);
    const type = apply(base);
    const attributes: Attributes = {};
    readAfterDeclarator(reader, attributes);
    if (storage === "static" && name !== undefined && lexer.accept("=")) {
      tag.constants.set(name, cut(readExpression(reader), type));
      continue;
    }
    const extra = {
      ...(attributes.align === undefined ? {} : { align: attributes.align }),
      ...(attributes.packed === undefined ? {} : { packed: true }),
    };
    if (lexer.kind === ":") {
      members.push({ name, type, width: readWidth(reader, type), ...extra });
    } else if (name === undefined) lexer.fail("'<identifier>' expected");
    else members.push({ name, type, ...extra });
  } while (lexer.accept(","));
  if (lexer.kind !== "}") lexer.expect(";");
}

function readWidth(reader: CReader, type: CType): number {
  const lexer: CLexer = reader.lexer;
  const size = sizeOf(type);
  const whole = type.kind === "int" || type.kind === "bool" ||
    type.kind === "enum";
  if (!whole || size === undefined || size > 4) lexer.fail("invalid value");
  lexer.next();
  const width = Number(readExpression(reader));
  const most = type.kind === "bool" ? 1 : size * 8;
  if (width < 0 || width > most) lexer.fail("invalid value", ":");
  return width;
}

/** An enumeration; `enum` has been read. */
export function readEnum(reader: CReader): CType {
  const lexer: CLexer = reader.lexer;
  while (readAttribute(reader, {}));
  const name = readTagName(reader);
  let tag = name === undefined ? undefined : reader.known.tag(name);
  if (tag instanceof StructTag) {
    redefined(reader, name);
  }
  if (tag === undefined) {
    tag = new EnumTag(name ?? reader.known.anonymousName());
    if (name !== undefined) {
      if (lexer.kind !== "{" && !reader.implicit) {
        throw new CError(`undeclared or implicit tag '${name}'`);
      }
      reader.known.addTag(name, tag);
    }
  }
  if (lexer.kind !== "{") {
    if (name === undefined) lexer.fail("'<identifier>' expected");
    return { kind: "enum", tag };
  }
  if (tag.defined) redefined(reader, name);
  lexer.next();
  readConstants(reader, tag);
  while (readAttribute(reader, {}));
  return { kind: "enum", tag };
}

function readConstants(reader: CReader, tag: EnumTag): void {
  const lexer: CLexer = reader.lexer;
  let next = 0n;
  while (!lexer.accept("}")) {
    const name = lexer.kind === "$" ? readTagName(reader)! : lexer.expectName();
    while (readAttribute(reader, {}));
    if (lexer.accept("=")) next = readExpression(reader);
    const value = next < 0n
      ? Number(BigInt.asIntN(32, next))
      : Number(BigInt.asUintN(32, next));
    if (value < 0) tag.signed = true;
    tag.constants.set(name, value);
    reader.known.symbols.set(name, { kind: "constant", value });
    next++;
    if (!lexer.accept(",") && lexer.kind !== "}") lexer.expect("}");
  }
  tag.defined = true;
}

/** The value of a constant, which has 32 bits. */
export function cut(value: bigint, type: CType): number {
  return Number(
    type.kind === "int" && !type.signed
      ? BigInt.asUintN(32, value)
      : BigInt.asIntN(32, value),
  );
}
