import {
  deepStrictEqual,
  doesNotMatch,
  match,
  ok,
  throws,
} from "node:assert/strict";
import { checkDocs, generateDocs } from "../../tools/docs.ts";
import { withTempFolder } from "../../tools/script.ts";

function block(signature: string, compat = "same", more = ""): string {
  const name = /([\w]+)\(/.exec(signature)?.[1];
  return `/**
 * @lua ${signature}
 * Does it.
${more} * @suspends no
 * @example print(1)
 * @source api.md §1
 * @compat ${compat}
 */
define(table, "${name}", f);
`;
}

function withTree(
  files: Record<string, string>,
  test: (root: string) => void,
): Promise<void> {
  const all = {
    "docs/compatibility_notes.md": "By hand.\n",
    "docs/compatibility_by_hand.txt": "",
    "docs/reference_functions.txt":
      "a.f\tU\tfam\t§1\tno\nb.g (absent)\tD\tfam\t§2\tno\n",
    ...files,
  };
  return withTempFolder((root) => {
    for (const [path, text] of Object.entries(all)) {
      Deno.mkdirSync(`${root}/${path}`.replace(/\/[^/]*$/, ""), {
        recursive: true,
      });
      Deno.writeTextFileSync(`${root}/${path}`, text);
    }
    test(root);
  });
}

Deno.test("generateDocs() writes a page, definitions and the table of a family", () =>
  withTree({
    "lua/mtev/fam.ts": block(
      "n = a.f(x, ...)",
      "differs: a | b",
      " * @param x? a.thing: it\n * @param ... any: more\n * @return integer: how many\n",
    ),
  }, (root) => {
    const files = generateDocs(root);
    deepStrictEqual([...files.keys()], [
      "docs/api/fam.md",
      "docs/meta/fam.lua",
      "docs/compatibility.md",
    ]);
    match(
      files.get("docs/api/fam.md") ?? "",
      /## a\.f\n\n```lua\nprint\(1\)\n```\n\n`n = a\.f\(x, \.\.\.\)`\n\nDoes it\.\n\nParameters:\n\n- `x` \(a\.thing, optional\): it\n/,
    );
    match(
      files.get("docs/meta/fam.lua") ?? "",
      /^---@meta\n[^]*---@class a\.thing\n\na = \{\}\n\n---Does it\.\n---@param x\? a\.thing it\n---@param \.\.\. any more\n---@return integer n how many\nfunction a\.f\(x, \.\.\.\) end\n$/,
    );
    const table = files.get("docs/compatibility.md") ?? "";
    match(table, /\nBy hand\.\n/);
    match(
      table,
      /\n2 functions of the reference: 0 the same, 1 different, 1 absent\.\n/,
    );
    match(table, /\n\| `a\.f` \| fam §1 \| differs: a \\\| b \|\n/);
    match(
      table,
      /\n\| `b\.g` \| fam §2 \| absent: the reference does not have it either \|\n/,
    );
  }));

Deno.test("generateDocs() declares a class with its methods, wherever it is mentioned", () =>
  withTree({
    "docs/reference_functions.txt":
      "a.make\tU\tf\t§1\tno\nthing:go\tU\tf\t§1\tno\nlone:go\tU\tf\t§1\tno\n",
    "lua/mtev/first.ts": block(
      "a.make(x)",
      "same",
      " * @param x a.thing|a.other: it\n",
    ),
    "lua/mtev/later.ts": block("thing:go()") + block("lone:go()"),
  }, (root) => {
    const files = generateDocs(root);
    const first = files.get("docs/meta/first.lua") ?? "";
    match(first, /---@class a\.other\n/);
    doesNotMatch(first, /---@class a\.thing\n/);
    match(
      files.get("docs/meta/later.lua") ?? "",
      /---@class lone\nlocal lone = \{\}\n\n---Does it\.\nfunction lone:go\(\) end\n\n---@class a\.thing\nlocal thing = \{\}\n\n---Does it\.\nfunction thing:go\(\) end\n$/,
    );
  }));

Deno.test("generateDocs() takes verdicts by hand, and refuses those about nothing", () =>
  withTree(
    { "docs/compatibility_by_hand.txt": "# why\na.*: same\n" },
    (root) => {
      match(
        generateDocs(root).get("docs/compatibility.md") ?? "",
        /\| `a\.f` \| fam §1 \| same \|/,
      );
      Deno.writeTextFileSync(
        `${root}/docs/compatibility_by_hand.txt`,
        "c.h: same\n",
      );
      throws(() => generateDocs(root), {
        name: "ReferenceError",
        message:
          'Cannot use docs/compatibility_by_hand.txt:1: "c.h" fits no function without a block',
      });
      Deno.writeTextFileSync(
        `${root}/docs/compatibility_by_hand.txt`,
        "a.f: absent\n",
      );
      throws(() => generateDocs(root), SyntaxError);
    },
  ));

Deno.test("generateDocs() wants functions outside the reference marked, and only those", () =>
  withTree({ "lua/mtev/fam.ts": block("a.new()") }, (root) => {
    throws(
      () => generateDocs(root),
      /"a\.new" .* not in the reference and not marked/,
    );
    Deno.writeTextFileSync(
      `${root}/lua/mtev/fam.ts`,
      block("a.new()", "extension: handy"),
    );
    match(
      generateDocs(root).get("docs/compatibility.md") ?? "",
      /## Extensions\n[^]*\| `a\.new` \| handy \|/,
    );
    Deno.writeTextFileSync(
      `${root}/lua/mtev/fam.ts`,
      block("a.f()", "extension: handy"),
    );
    throws(() => generateDocs(root), /"a\.f" .* in the reference and marked/);
  }));

Deno.test("generateDocs() reports every bad block and every name that is there twice", () =>
  withTree({
    "lua/mtev/one.ts": `${block("a.f()")}define(table, "g", f);\n`,
    "lua/mtev/two.ts": block("a.f()"),
  }, (root) => {
    throws(() => generateDocs(root), {
      name: "SyntaxError",
      message:
        'Cannot read the documentation at lua/mtev/one.ts:10: "g" is registered without an @lua block\n' +
        'Cannot document "a.f" at lua/mtev/two.ts:1: it is already at lua/mtev/one.ts:1',
    });
  }));

Deno.test("checkDocs() reports what is missing, stale or left over", () =>
  withTree({
    "lua/mtev/fam.ts": block("a.f()"),
    "docs/api/fam.md": "old",
    "docs/api/gone.md": "",
  }, (root) => {
    const files = generateDocs(root);
    deepStrictEqual(checkDocs(root, files).sort(), [
      "docs/api/fam.md is stale",
      "docs/api/gone.md has no source any more",
      "docs/compatibility.md is missing",
      "docs/meta/fam.lua is missing",
    ]);
    Deno.removeSync(`${root}/docs/api/gone.md`);
    Deno.mkdirSync(`${root}/docs/meta`);
    for (const [path, text] of files) {
      Deno.writeTextFileSync(`${root}/${path}`, text);
    }
    deepStrictEqual(checkDocs(root, files), []);
    ok(files.size === 3);
  }));
