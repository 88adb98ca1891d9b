/**
 * Parses C declarations: what `ffi.cdef` gets, and the types that the other
 * functions get as text. Fills {@link Declarations}. Not the preprocessor, nor
 * C++. `$` stands for a parameter: a type, a name or a number.
 */
import { CError, INVALID_TYPE, UNKNOWN_SIZE } from "./c_error.ts";
import { readExpression, type TypeReader } from "./c_expression.ts";
import { CLexer } from "./c_lexer.ts";
import {
  CHAR,
  type CType,
  EnumTag,
  INT,
  intType,
  MAX_SIZE,
  pointerTo,
  qualified,
  sizeOf,
  StructTag,
  VOID,
} from "./ctype.ts";
import type { Declarations } from "./declarations.ts";
import { layOut, type LayoutOptions, type Member } from "./struct_layout.ts";

/** What a `$` may stand for. */
export type Parameter = CType | string | number;

const MAX_DEPTH = 100;
const SPECIFIERS = new Set(
  ("void char short int long float double signed unsigned __signed " +
    "__signed__ struct union enum const volatile __const __const__ " +
    "__volatile __volatile__ static extern typedef inline __inline " +
    "__inline__ register restrict __restrict __restrict__ __extension__ " +
    "__attribute__ __attribute __declspec").split(" "),
);

interface Specifiers {
  readonly type: CType;
  readonly storage: "typedef" | "static" | "extern" | undefined;
}

interface Declarator {
  readonly name: string | undefined;
  /** The declared type, from the type in front. */
  readonly apply: (base: CType) => CType;
}

interface Attributes {
  packed?: boolean;
  align?: number;
  /** Bytes that `mode` asks for. */
  mode?: 1 | 2 | 4 | 8;
}

/** Reads one text. */
export class CParser implements TypeReader {
  readonly lexer: CLexer;
  readonly #parameters: Parameter[];
  readonly #known: Declarations;
  readonly #packs: (number | undefined)[] = [];
  #pack: number | undefined;
  #depth = 0;
  /** Whether a tag is declared by being named. */
  #implicit = false;

  constructor(
    source: string,
    known: Declarations,
    parameters: readonly Parameter[] = [],
  ) {
    this.#parameters = [...parameters];
    this.#known = known;
    this.lexer = new CLexer(source);
  }

  /**
   * Reads declarations to the end.
   *
   * @throws {CError} `declaration specifier expected near 'x'`, …
   */
  declarations(): void {
    const lexer: CLexer = this.lexer;
    this.#implicit = true;
    while (lexer.kind !== "<eof>") {
      if (lexer.accept(";")) continue;
      if (lexer.kind === "pack") this.#pragma();
      else this.#declaration();
    }
    this.#end();
  }

  /** Reads a type, and nothing may follow. */
  type(): CType {
    const type = this.typeOnly();
    if (this.lexer.kind !== "<eof>") this.lexer.fail("'<eof>' expected");
    this.#end();
    return type;
  }

  /** Reads a type without a name. */
  typeOnly(): CType {
    return this.nested(() => {
      const { type } = this.#specifiers();
      const { name, apply } = this.#declarator(false);
      if (name !== undefined) this.lexer.fail("'<eof>' expected", name);
      return apply(type);
    });
  }

  startsType(): boolean {
    const { kind, text } = this.lexer;
    if (kind === "$") return typeof this.#parameters[0] === "object";
    return kind === "name" &&
      (SPECIFIERS.has(text) || this.#known.typedefs.has(text));
  }

  constant(name: string): number | undefined {
    const found = this.#known.symbols.get(name);
    return found?.kind === "constant" ? found.value : undefined;
  }

  parameter(): bigint {
    const value = this.#nextParameter();
    if (typeof value !== "number") this.lexer.fail("unexpected symbol", "$");
    return BigInt(Math.trunc(value) || 0);
  }

  nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) {
      throw new CError("chunk has too many syntax levels");
    }
    const result = read();
    this.#depth--;
    return result;
  }

  #end(): void {
    if (this.#parameters.length > 0) {
      throw new CError("wrong number of type parameters");
    }
  }

  #nextParameter(): Parameter {
    const value = this.#parameters.shift();
    if (value === undefined) {
      throw new CError("wrong number of type parameters");
    }
    return value;
  }

  #pragma(): void {
    const parts = this.lexer.text.split(",").map((part) => part.trim());
    this.lexer.next();
    if (parts[0] === "push") this.#packs.push(this.#pack);
    else if (parts[0] === "pop") {
      this.#pack = this.#packs.pop();
      return;
    }
    const size = Number(parts.at(-1));
    if (parts[0] === "") this.#pack = undefined;
    else if ([1, 2, 4, 8, 16].includes(size)) this.#pack = size;
  }

  #declaration(): void {
    const lexer: CLexer = this.lexer;
    const { type, storage } = this.#specifiers();
    if (lexer.accept(";")) return;
    for (;;) {
      const { name, apply } = this.#declarator(true);
      if (name === undefined) lexer.fail("'<identifier>' expected");
      const declared = apply(type);
      this.#declare(name, declared, storage);
      if (declared.kind === "function" && lexer.kind === "{") {
        this.#skipBalanced("{", "}");
        return;
      }
      if (!lexer.accept(",")) break;
    }
    if (lexer.kind !== "<eof>") lexer.expect(";");
  }

  #declare(
    name: string,
    type: CType,
    storage: Specifiers["storage"],
  ): void {
    const { symbols, typedefs } = this.#known;
    const symbol = this.#afterDeclarator() ?? name;
    if (storage === "typedef") typedefs.set(name, type);
    else if (
      storage === "static" && type.constant && type.kind === "int" &&
      this.lexer.accept("=")
    ) {
      const value = this.#cut(readExpression(this), type);
      symbols.set(name, { kind: "constant", value });
    } else symbols.set(name, { kind: "symbol", type, symbol });
  }

  #cut(value: bigint, type: CType): number {
    return Number(
      type.kind === "int" && !type.signed
        ? BigInt.asUintN(32, value)
        : BigInt.asIntN(32, value),
    );
  }

  /** `__asm__("name")` and attributes behind a declarator. */
  #afterDeclarator(into: Attributes = {}): string | undefined {
    const lexer: CLexer = this.lexer;
    let symbol: string | undefined;
    for (;;) {
      if (lexer.kind !== "name") return symbol;
      if (/^(?:__)?asm(?:__)?$/.test(lexer.text)) {
        lexer.next();
        lexer.expect("(");
        symbol = lexer.text;
        lexer.expect("string");
        lexer.expect(")");
      } else if (!this.#attribute(into)) return symbol;
    }
  }

  /** Reads one attribute, or an extension that means nothing here. */
  #attribute(into: Attributes): boolean {
    const lexer: CLexer = this.lexer;
    if (lexer.kind !== "name") return false;
    switch (lexer.text) {
      case "__extension__":
        lexer.next();
        return true;
      case "__declspec":
        lexer.next();
        lexer.expect("(");
        this.#attributeList(into);
        lexer.expect(")");
        return true;
      case "__attribute__":
      case "__attribute":
        lexer.next();
        lexer.expect("(");
        lexer.expect("(");
        this.#attributeList(into);
        lexer.expect(")");
        lexer.expect(")");
        return true;
    }
    return false;
  }

  #attributeList(into: Attributes): void {
    const lexer: CLexer = this.lexer;
    while (lexer.kind !== ")" && lexer.kind !== "<eof>") {
      if (lexer.accept(",")) continue;
      const name = lexer.expectName().replace(/^__(.*)__$/, "$1");
      if (name === "packed") into.packed = true;
      else if (name === "vector_size") {
        throw new CError("unsupported: vector types");
      } else if ((name === "aligned" || name === "align")) {
        into.align = 16;
        if (lexer.accept("(")) {
          const align = Number(readExpression(this));
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
      } else if (lexer.kind === "(") this.#skipBalanced("(", ")");
    }
  }

  #skipBalanced(opening: string, closing: string): void {
    const lexer: CLexer = this.lexer;
    let open = 0;
    do {
      if (lexer.kind === opening) open++;
      else if (lexer.kind === closing) open--;
      else if (lexer.kind === "<eof>") lexer.expect(closing);
      lexer.next();
    } while (open > 0);
  }

  #specifiers(): Specifiers {
    const lexer: CLexer = this.lexer;
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
        const value = this.#nextParameter();
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
      if (this.#attribute(attributes)) continue;
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
          type = this.#struct(word === "union");
          continue;
        case "enum":
          if (type !== undefined || basic()) break words;
          lexer.next();
          type = this.#enum();
          continue;
        default: {
          const named = this.#known.typedefs.get(lexer.text);
          if (
            named === undefined || type !== undefined ||
            basic() && named.kind !== "complex"
          ) break words;
          type = named;
        }
      }
      lexer.next();
    }
    return this.#specified(
      type,
      words,
      constant,
      volatile,
      attributes,
      storage,
    );
  }

  #specified(
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
      return this.lexer.fail("declaration specifier expected");
    }
    if (mode !== undefined && type.kind === "int") {
      type = intType(mode, type.signed);
    }
    return { type: qualified(type, constant, volatile), storage };
  }

  #redefined(name: string | undefined): never {
    throw new CError(`attempt to redefine '${name}'${this.lexer.where}`);
  }

  /** The name of a tag, which a `$` may stand for. */
  #tagName(): string | undefined {
    const lexer: CLexer = this.lexer;
    if (lexer.kind === "name") return lexer.expectName();
    if (lexer.kind !== "$") return undefined;
    if (typeof this.#parameters[0] !== "string") {
      lexer.fail("'<identifier>' expected");
    }
    lexer.next();
    return this.#nextParameter() as string;
  }

  #struct(union: boolean): CType {
    const lexer: CLexer = this.lexer;
    const attributes: Attributes = {};
    while (this.#attribute(attributes));
    const name = this.#tagName();
    if (name === undefined && lexer.kind !== "{") {
      lexer.fail("'<identifier>' expected");
    }
    let tag = name === undefined ? undefined : this.#known.tag(name);
    if (
      tag !== undefined && (!(tag instanceof StructTag) || tag.union !== union)
    ) {
      this.#redefined(name);
    }
    if (tag === undefined) {
      tag = new StructTag(name ?? this.#known.anonymousName(), union);
      if (name !== undefined) {
        if (lexer.kind !== "{" && !this.#implicit) {
          throw new CError(`undeclared or implicit tag '${name}'`);
        }
        this.#known.addTag(name, tag);
      }
    }
    if (lexer.kind === "{") {
      if (tag.fields !== undefined) {
        this.#redefined(name);
      }
      this.nested(() => this.#body(tag, attributes));
    }
    return { kind: "struct", tag };
  }

  #body(tag: StructTag, attributes: Attributes): void {
    const lexer: CLexer = this.lexer;
    const members: Member[] = [];
    lexer.expect("{");
    while (!lexer.accept("}")) {
      if (lexer.accept(";")) continue;
      if (lexer.kind === "pack") {
        this.#pragma();
        continue;
      }
      this.#members(tag, members);
    }
    while (this.#attribute(attributes));
    const options: LayoutOptions = {
      ...(attributes.packed === undefined ? {} : { packed: true }),
      ...(attributes.align === undefined ? {} : { align: attributes.align }),
      ...(this.#pack === undefined ? {} : { pack: this.#pack }),
    };
    layOut(tag, members, options);
  }

  #members(tag: StructTag, members: Member[]): void {
    const lexer: CLexer = this.lexer;
    const { type: base, storage } = this.#specifiers();
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
        : this.#declarator(true);
      const type = apply(base);
      const attributes: Attributes = {};
      this.#afterDeclarator(attributes);
      if (storage === "static" && name !== undefined && lexer.accept("=")) {
        tag.constants.set(name, this.#cut(readExpression(this), type));
        continue;
      }
      const extra = {
        ...(attributes.align === undefined ? {} : { align: attributes.align }),
        ...(attributes.packed === undefined ? {} : { packed: true }),
      };
      if (lexer.kind === ":") {
        members.push({ name, type, width: this.#width(type), ...extra });
      } else if (name === undefined) lexer.fail("'<identifier>' expected");
      else members.push({ name, type, ...extra });
    } while (lexer.accept(","));
    if (lexer.kind !== "}") lexer.expect(";");
  }

  #width(type: CType): number {
    const lexer: CLexer = this.lexer;
    const size = sizeOf(type);
    const whole = type.kind === "int" || type.kind === "bool" ||
      type.kind === "enum";
    if (!whole || size === undefined || size > 4) lexer.fail("invalid value");
    lexer.next();
    const width = Number(readExpression(this));
    const most = type.kind === "bool" ? 1 : size * 8;
    if (width < 0 || width > most) lexer.fail("invalid value", ":");
    return width;
  }

  #enum(): CType {
    const lexer: CLexer = this.lexer;
    while (this.#attribute({}));
    const name = this.#tagName();
    let tag = name === undefined ? undefined : this.#known.tag(name);
    if (tag instanceof StructTag) {
      this.#redefined(name);
    }
    if (tag === undefined) {
      tag = new EnumTag(name ?? this.#known.anonymousName());
      if (name !== undefined) {
        if (lexer.kind !== "{" && !this.#implicit) {
          throw new CError(`undeclared or implicit tag '${name}'`);
        }
        this.#known.addTag(name, tag);
      }
    }
    if (lexer.kind !== "{") {
      if (name === undefined) lexer.fail("'<identifier>' expected");
      return { kind: "enum", tag };
    }
    if (tag.defined) this.#redefined(name);
    lexer.next();
    this.#constants(tag);
    while (this.#attribute({}));
    return { kind: "enum", tag };
  }

  #constants(tag: EnumTag): void {
    const lexer: CLexer = this.lexer;
    let next = 0n;
    while (!lexer.accept("}")) {
      const name = lexer.kind === "$" ? this.#tagName()! : lexer.expectName();
      while (this.#attribute({}));
      if (lexer.accept("=")) next = readExpression(this);
      const value = next < 0n
        ? Number(BigInt.asIntN(32, next))
        : Number(BigInt.asUintN(32, next));
      if (value < 0) tag.signed = true;
      tag.constants.set(name, value);
      this.#known.symbols.set(name, { kind: "constant", value });
      next++;
      if (!lexer.accept(",") && lexer.kind !== "}") lexer.expect("}");
    }
    tag.defined = true;
  }

  /** A declarator: pointers, a name or an inner one, arrays, parameters. */
  #declarator(named: boolean): Declarator {
    return this.nested(() => {
      const lexer: CLexer = this.lexer;
      const before: ((type: CType) => CType)[] = [];
      for (;;) {
        if (this.#attribute({})) continue;
        if (lexer.accept("*")) before.push(this.#pointer());
        else if (lexer.accept("&")) {
          before.push((to) => ({ kind: "reference", to }));
        } else break;
      }
      let inner: Declarator = { name: undefined, apply: (type) => type };
      if (lexer.kind === "(" && this.#isNested()) {
        lexer.next();
        inner = this.#declarator(named);
        lexer.expect(")");
      } else if (
        lexer.kind === "name" &&
        (named ? !SPECIFIERS.has(lexer.text) : !this.startsType())
      ) {
        inner = { name: lexer.expectName(), apply: (type) => type };
      } else if (lexer.kind === "$" && named) {
        inner = { name: this.#tagName(), apply: (type) => type };
      }
      const after = this.#suffixes();
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

  #pointer(): (type: CType) => CType {
    const lexer: CLexer = this.lexer;
    let constant = false;
    let volatile = false;
    while (lexer.kind === "name") {
      if (this.#attribute({})) continue;
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
  #isNested(): boolean {
    const [kind, text] = this.lexer.peek();
    if (kind === "*" || kind === "&" || kind === "(" || kind === "[") {
      return true;
    }
    return kind === "name" &&
      (/^__attribute/.test(text) ||
        !SPECIFIERS.has(text) && !this.#known.typedefs.has(text));
  }

  #suffixes(): ((type: CType) => CType)[] {
    const lexer: CLexer = this.lexer;
    const after: ((type: CType) => CType)[] = [];
    for (;;) {
      if (lexer.accept("[")) after.push(this.#array());
      else if (lexer.accept("(")) after.push(this.#function());
      else return after;
    }
  }

  #array(): (type: CType) => CType {
    const lexer: CLexer = this.lexer;
    let length: number | undefined;
    let variable = false;
    while (
      lexer.kind === "name" &&
      /^(?:const|volatile|static|(?:__)?restrict)$/.test(lexer.text)
    ) lexer.next();
    if (lexer.accept("?")) variable = true;
    else if (lexer.kind !== "]") {
      const value = readExpression(this);
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

  #function(): (type: CType) => CType {
    const lexer: CLexer = this.lexer;
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
        const { type } = this.#specifiers();
        parameters.push(decay(this.#declarator(true).apply(type)));
        while (this.#attribute({}));
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
}

/** A parameter's type: arrays and functions are passed as pointers. */
function decay(type: CType): CType {
  if (type.kind === "array") return pointerTo(type.element);
  return type.kind === "function" ? pointerTo(type) : type;
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
