/**
 * `deno task docs`: writes docs/api/, docs/meta/ and docs/compatibility.md
 * from the blocks in the sources (tools/doc_blocks.ts says which). With
 * `--check` it writes nothing and fails when a file is stale, missing or left
 * over. docs/compatibility_notes.md is the part of the table's page that is
 * written by hand, docs/compatibility_by_hand.txt the verdicts on functions
 * that the engine or an object has, and that so have no block.
 */
import { fileURLToPath } from "node:url";
import { type DocEntry, readDocBlocks } from "./doc_blocks.ts";
import {
  parseReference,
  parseVerdicts,
  renderCompatibility,
  renderMeta,
  renderPage,
} from "./doc_pages.ts";

/** Where blocks are looked for, and whether every registration needs one. */
const SOURCES = [
  { folder: "lua/mtev", ending: ".ts", complete: true },
  { folder: "lua/mtev/prelude", ending: ".lua", complete: true },
  { folder: "lua/stdlib", ending: ".ts", complete: false },
  { folder: "lua", ending: ".ts", complete: false },
];

/** The folders whose files are all generated. */
const GENERATED_FOLDERS = ["docs/api", "docs/meta"];

/**
 * Makes all generated files of a tree.
 *
 * @param root The tree's folder
 * @returns The texts by path, relative to the root
 * @throws {SyntaxError} When a block is wrong or missing
 * @throws {ReferenceError} When a function is not placed in the reference
 */
export function generateDocs(root: string): Map<string, string> {
  const families = new Map<string, DocEntry[]>();
  const places = new Map<string, string>();
  const problems: string[] = [];
  for (const { folder, ending, complete } of SOURCES) {
    for (const file of listFiles(`${root}/${folder}`, ending)) {
      const path = `${folder}/${file}`;
      const text = Deno.readTextFileSync(`${root}/${path}`);
      const entries = readDocBlocks({ path, text, complete }, problems);
      for (const entry of entries) {
        const other = places.get(entry.name);
        if (other !== undefined) {
          problems.push(
            `Cannot document "${entry.name}" at ${entry.place}: it is already at ${other}`,
          );
        }
        places.set(entry.name, entry.place);
      }
      if (entries.length === 0) continue;
      const family = file.slice(0, -ending.length);
      families.set(family, [...families.get(family) ?? [], ...entries]);
    }
  }
  if (problems.length > 0) throw new SyntaxError(problems.join("\n"));
  const files = new Map<string, string>();
  const all = [...families.values()].flat();
  const declared = new Set<string>();
  for (const [family, entries] of [...families].sort()) {
    files.set(`docs/api/${family}.md`, renderPage(family, entries));
    files.set(`docs/meta/${family}.lua`, renderMeta(entries, all, declared));
  }
  const read = (path: string) => Deno.readTextFileSync(`${root}/${path}`);
  const hand = "docs/compatibility_by_hand.txt";
  const list = "docs/reference_functions.txt";
  files.set(
    "docs/compatibility.md",
    renderCompatibility(
      all,
      parseReference(read(list), list),
      parseVerdicts(read(hand), hand),
      read("docs/compatibility_notes.md"),
    ),
  );
  return files;
}

/**
 * Compares the generated files with those of the tree.
 *
 * @param root The tree's folder
 * @param files What {@link generateDocs} made
 * @returns A line for each difference
 */
export function checkDocs(
  root: string,
  files: ReadonlyMap<string, string>,
): string[] {
  const problems: string[] = [];
  for (const [path, text] of files) {
    const there = readIfThere(`${root}/${path}`);
    if (there === undefined) problems.push(`${path} is missing`);
    else if (there !== text) problems.push(`${path} is stale`);
  }
  return [
    ...problems,
    ...leftOver(root, files).map((path) => `${path} has no source any more`),
  ];
}

function leftOver(root: string, files: ReadonlyMap<string, string>): string[] {
  return GENERATED_FOLDERS.flatMap((folder) =>
    listFiles(`${root}/${folder}`, "").map((file) => `${folder}/${file}`)
  ).filter((path) => !files.has(path));
}

function listFiles(folder: string, ending: string): string[] {
  try {
    return [...Deno.readDirSync(folder)]
      .filter((entry) => entry.isFile && entry.name.endsWith(ending))
      .map((entry) => entry.name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function generateOrExit(root: string): Map<string, string> {
  try {
    return generateDocs(root);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof ReferenceError)) {
      throw error;
    }
    console.error(error.message);
    Deno.exit(1);
  }
}

if (import.meta.main) {
  const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
  const files = generateOrExit(root);
  if (Deno.args.includes("--check")) {
    const problems = checkDocs(root, files);
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) {
      console.error("Run `deno task docs`");
      Deno.exit(1);
    }
  } else {
    for (const folder of GENERATED_FOLDERS) {
      Deno.mkdirSync(`${root}/${folder}`, { recursive: true });
    }
    for (const [path, text] of files) {
      Deno.writeTextFileSync(`${root}/${path}`, text);
    }
    for (const path of leftOver(root, files)) {
      Deno.removeSync(`${root}/${path}`);
    }
  }
}
