/** Emitted code as a store keeps it (../code_store.ts): a function expression. */

/** What emitted code calls the things that it works with. */
export const PARAMETERS = ["runtime", "N", "H", "Q", "V", "L"] as const;

/**
 * The text of a function whose body is the emitted code of a chunk. V8 compiles
 * functions in parentheses with the script that they are in, so that its
 * bytecode, which deno keeps, has them. The lines stay where they are.
 */
export function keptText(code: string): string {
  const [preamble, ...makers] = code.split("\nconst mk");
  const eager = makers.map((maker) => {
    const end = maker.lastIndexOf("};");
    return "\nconst mk" + maker.slice(0, end).replace("=(", "=((")
      .replace("=>function ", "=>(function ") +
      "}))" + maker.slice(end + 1);
  });
  return `function(${PARAMETERS}){${preamble}${eager.join("")}}`;
}
