/** The parser of C declarations (`ffi.cdef`) as a fuzz target. */
import { CError } from "../../lua/stdlib/ffi/c_error.ts";
import { CParser } from "../../lua/stdlib/ffi/c_parser.ts";
import { alignOf, sizeOf } from "../../lua/stdlib/ffi/ctype.ts";
import { Declarations } from "../../lua/stdlib/ffi/declarations.ts";
import { typeName } from "../../lua/stdlib/ffi/type_name.ts";
import type { Target } from "./target.ts";

/** The target. What is accepted is also named and measured. */
export const C_DECLARATIONS: Target = {
  name: "c",
  seeds: [
    "typedef struct node { struct node *next; const char name[16]; int a:3, :0; " +
    "union { int i; float f; }; } node; node *find(const node *, int (*f)(void *, ...));",
    "enum color { RED, GREEN = 1 << 3 | sizeof(int), BLUE = (char)-1 ? 'x' : ~0 };\n" +
    "#pragma pack(push, 1)\nstruct s { long long x[2][3]; } __attribute__((aligned(8)));",
    'static const int K = 7 % 4; extern int v __asm__("w"); /* c */ ' +
    "int (*(*table[4])(void))[3], f(int a[], void g(int)) { return a; } // e\n",
  ],
  tokens: [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "*",
    ",",
    ";",
    ":",
    "?",
    "struct ",
    "unsigned ",
    "sizeof(",
    "((((",
    "1/0",
    "$",
    "__attribute__((",
    "const ",
    "&",
  ],
  run(text) {
    const known = new Declarations();
    new CParser(text, known, []).declarations();
    for (const declaration of known.symbols.values()) {
      if (declaration.kind === "constant") continue;
      typeName(declaration.type);
      sizeOf(declaration.type);
      alignOf(declaration.type);
    }
    for (const type of known.typedefs.values()) typeName(type);
  },
  refuses: (error) => error instanceof CError,
};
