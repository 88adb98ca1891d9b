/**
 * Parses C declarations: what `ffi.cdef` gets, and the types that the other
 * functions get as text. Fills {@link Declarations}. Not the preprocessor, nor
 * C++. `$` stands for a parameter: a type, a name or a number.
 */
import { readAfterDeclarator, skipBalanced } from "./c_attributes.ts";
import { readDeclarator } from "./c_declarator.ts";
import { CError } from "./c_error.ts";
import { readExpression } from "./c_expression.ts";
import { CLexer } from "./c_lexer.ts";
import {
  type CReader,
  type Declarator,
  type Parameter,
  SPECIFIERS,
  type Specifiers,
} from "./c_reader.ts";
import { readSpecifiers } from "./c_specifiers.ts";
import { cut } from "./c_tags.ts";
import type { CType } from "./ctype.ts";
import type { Declarations } from "./declarations.ts";

const MAX_DEPTH = 100;

/** Reads one text. */
export class CParser implements CReader {
  readonly lexer: CLexer;
  readonly parameters: Parameter[];
  implicit = false;
  pack: number | undefined = undefined;
  readonly #packs: (number | undefined)[] = [];
  #depth = 0;

  constructor(
    source: string,
    readonly known: Declarations,
    parameters: readonly Parameter[] = [],
  ) {
    this.parameters = [...parameters];
    this.lexer = new CLexer(source);
  }

  /**
   * Reads declarations to the end.
   *
   * @throws {CError} `declaration specifier expected near 'x'`, …
   */
  declarations(): void {
    const lexer: CLexer = this.lexer;
    this.implicit = true;
    while (lexer.kind !== "<eof>") {
      if (lexer.accept(";")) continue;
      if (lexer.kind === "pack") this.pragma();
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
      const { type } = this.specifiers();
      const { name, apply } = this.declarator(false);
      if (name !== undefined) this.lexer.fail("'<eof>' expected", name);
      return apply(type);
    });
  }

  specifiers(): Specifiers {
    return readSpecifiers(this);
  }

  declarator(named: boolean): Declarator {
    return readDeclarator(this, named);
  }

  startsType(): boolean {
    const { kind, text } = this.lexer;
    if (kind === "$") return typeof this.parameters[0] === "object";
    return kind === "name" &&
      (SPECIFIERS.has(text) || this.known.typedefs.has(text));
  }

  constant(name: string): number | undefined {
    const found = this.known.symbols.get(name);
    return found?.kind === "constant" ? found.value : undefined;
  }

  parameter(): bigint {
    const value = this.nextParameter();
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
    if (this.parameters.length > 0) {
      throw new CError("wrong number of type parameters");
    }
  }

  nextParameter(): Parameter {
    const value = this.parameters.shift();
    if (value === undefined) {
      throw new CError("wrong number of type parameters");
    }
    return value;
  }

  pragma(): void {
    const parts = this.lexer.text.split(",").map((part) => part.trim());
    this.lexer.next();
    if (parts[0] === "push") this.#packs.push(this.pack);
    else if (parts[0] === "pop") {
      this.pack = this.#packs.pop();
      return;
    }
    const size = Number(parts.at(-1));
    if (parts[0] === "") this.pack = undefined;
    else if ([1, 2, 4, 8, 16].includes(size)) this.pack = size;
  }

  #declaration(): void {
    const lexer: CLexer = this.lexer;
    const { type, storage } = this.specifiers();
    if (lexer.accept(";")) return;
    for (;;) {
      const { name, apply } = this.declarator(true);
      if (name === undefined) lexer.fail("'<identifier>' expected");
      const declared = apply(type);
      this.#declare(name, declared, storage);
      if (declared.kind === "function" && lexer.kind === "{") {
        skipBalanced(this, "{", "}");
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
    const { symbols, typedefs } = this.known;
    const symbol = readAfterDeclarator(this) ?? name;
    if (storage === "typedef") typedefs.set(name, type);
    else if (
      storage === "static" && type.constant && type.kind === "int" &&
      this.lexer.accept("=")
    ) {
      const value = cut(readExpression(this), type);
      symbols.set(name, { kind: "constant", value });
    } else symbols.set(name, { kind: "symbol", type, symbol });
  }
}
