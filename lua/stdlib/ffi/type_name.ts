/** C types as LuaJIT writes them: `int (*)[3]`, `const struct S *const`. */
import type { CType } from "./ctype.ts";

const INT_NAMES: Readonly<Record<number, readonly [string, string]>> = {
  1: ["unsigned char", "char"],
  2: ["unsigned short", "short"],
  4: ["unsigned int", "int"],
  8: ["uint64_t", "int64_t"],
};

/** The name of a type. */
export function typeName(type: CType): string {
  let around = "";
  for (let at = type;;) {
    const qualifiers = (at.constant ? "const " : "") +
      (at.volatile ? "volatile " : "");
    switch (at.kind) {
      case "pointer":
      case "reference": {
        const mark = at.kind === "pointer" ? "*" : "&";
        const inner = qualifiers === ""
          ? around
          : qualifiers.trimEnd() + (/^\w/.test(around) ? " " : "") + around;
        around = mark + inner;
        at = at.to;
        if (at.kind === "array" || at.kind === "function") {
          around = `(${around})`;
        }
        continue;
      }
      case "array":
        around += `[${at.variable ? "?" : at.length ?? ""}]`;
        at = at.element;
        continue;
      case "function":
        around += "()";
        at = at.result;
        continue;
    }
    const name = qualifiers + baseName(at);
    return around === "" ? name : `${name} ${around}`;
  }
}

function baseName(type: CType): string {
  switch (type.kind) {
    case "int":
      return INT_NAMES[type.size]![type.signed ? 1 : 0];
    case "float":
      return type.size === 4
        ? "float"
        : type.size === 8
        ? "double"
        : "long double";
    case "complex":
      return type.size === 8 ? "complex float" : "complex";
    case "enum":
      return `enum ${type.tag.name}`;
    case "struct":
      return `${type.tag.union ? "union" : "struct"} ${type.tag.name}`;
  }
  return type.kind;
}
