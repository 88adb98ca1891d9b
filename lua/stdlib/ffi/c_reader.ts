/**
 * What the parts of the parser of C declarations share, so that they need not
 * import each other: c_parser.ts implements it. Types nest, so each part may
 * come back to the others.
 */
import type { CLexer } from "./c_lexer.ts";
import type { CType } from "./ctype.ts";
import type { Declarations } from "./declarations.ts";

/** What a `$` may stand for. */
export type Parameter = CType | string | number;

/** The type in front of declarators. */
export interface Specifiers {
  readonly type: CType;
  readonly storage: "typedef" | "static" | "extern" | undefined;
}

/** A name with what stands around it. */
export interface Declarator {
  readonly name: string | undefined;
  /** The declared type, from the type in front. */
  readonly apply: (base: CType) => CType;
}

/** A parser at work. */
export interface CReader {
  readonly lexer: CLexer;
  /** What has been declared. */
  readonly known: Declarations;
  /** What the next `$`s stand for. */
  readonly parameters: readonly Parameter[];
  /** Whether a tag is declared by being named. */
  readonly implicit: boolean;
  /** The alignment that `#pragma pack` allows at most. */
  readonly pack: number | undefined;
  /** Whether the current token starts a type. */
  startsType(): boolean;
  /** Reads a type without a name. */
  typeOnly(): CType;
  specifiers(): Specifiers;
  /** @param named Whether it may have a name. */
  declarator(named: boolean): Declarator;
  /** Reads a `#pragma pack`. */
  pragma(): void;
  /** Takes what the next `$` stands for. */
  nextParameter(): Parameter;
  /** The value of a `$`, when it is a number. */
  parameter(): bigint;
  /** The value of a constant, or `undefined`. */
  constant(name: string): number | undefined;
  /** Guards against deep nesting. */
  nested<T>(read: () => T): T;
}

/** The words that types and declarations start with. */
export const SPECIFIERS = new Set(
  ("void char short int long float double signed unsigned __signed " +
    "__signed__ struct union enum const volatile __const __const__ " +
    "__volatile __volatile__ static extern typedef inline __inline " +
    "__inline__ register restrict __restrict __restrict__ __extension__ " +
    "__attribute__ __attribute __declspec").split(" "),
);
