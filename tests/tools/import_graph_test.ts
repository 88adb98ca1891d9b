import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import {
  checkImportGraph,
  type Imports,
  readImportGraph,
} from "../../tools/import_graph.ts";
import { withTempFolder } from "../../tools/script.ts";

Deno.test("the project's imports follow the architecture", async () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const { graph, loaded } = await readImportGraph(root.replace(/\/$/, ""));
  ok(graph.has("lua/value.ts"));
  deepStrictEqual(checkImportGraph(graph, loaded), []);
});

function readTree(files: Record<string, string>): Promise<Imports> {
  return withTempFolder((root) => {
    Deno.writeTextFileSync(
      `${root}/deno.json`,
      '{"imports":{"fengari":"npm:fengari@0.1.5"},"lock":false}',
    );
    for (const [path, text] of Object.entries(files)) {
      Deno.mkdirSync(`${root}/${path.slice(0, path.lastIndexOf("/") + 1)}`, {
        recursive: true,
      });
      Deno.writeTextFileSync(`${root}/${path}`, text);
    }
    return readImportGraph(root);
  });
}

Deno.test("readImportGraph() sees every kind of import and no comment", async () => {
  const { graph, loaded } = await readTree({
    "lua/a.ts": `
      import { x } from "./plain.ts";
      import type { X } from "./types.ts";
      export * from "./again.ts";
      const later = () => import("../runtime/later.ts");
      /** import "./comment.ts" */
      const text = 'import "./text.ts"';`,
    "lua/plain.ts": "export const x = 1;",
    "lua/types.ts": "export type X = 1;",
    "lua/again.ts": "export const y = 1;",
    "runtime/later.ts": "export {};",
  });
  deepStrictEqual(graph.get("lua/a.ts"), [
    "lua/again.ts",
    "lua/plain.ts",
    "lua/types.ts",
    "runtime/later.ts",
  ]);
  deepStrictEqual(loaded.get("lua/a.ts"), [
    "lua/again.ts",
    "lua/plain.ts",
    "runtime/later.ts",
  ]);
});

Deno.test("readImportGraph() and checkImportGraph() find what is wrong in a bad tree", async () => {
  const { graph, loaded } = await readTree({
    "mod.ts": 'export * from "./cli/a.ts";',
    "cli/a.ts": 'export type { B } from "../tests/b.ts";',
    "tests/b.ts": "export type B = 1;",
    "lua/value.ts": 'export * from "./middle.ts";',
    "lua/middle.ts": 'export * from "../runtime/a.ts";',
    "lua/stdlib/b.ts": 'import "fengari";',
    "runtime/a.ts": 'export * from "./b.ts";',
    "runtime/b.ts": 'import("./a.ts");',
  });
  deepStrictEqual(checkImportGraph(graph, loaded).sort(), [
    "There must be no cycle: runtime/a.ts → runtime/b.ts → runtime/a.ts",
    "cli/a.ts must not import tests/b.ts: cli may import runtime, lua, busted, cli",
    "lua/stdlib/b.ts must not import npm:fengari@0.1.5: only lua/fengari and lua/engines.ts know that engine",
    "lua/value.ts must work without runtime: lua/value.ts → lua/middle.ts → runtime/a.ts",
    "mod.ts must not import cli/a.ts: mod.ts may import runtime, lua",
  ]);
});

const GOOD: readonly [string, string][] = [
  ["cli/a.ts", "busted/a.ts"],
  ["cli/a.ts", "runtime/a.ts"],
  ["busted/a.ts", "lua/a.ts"],
  ["lua/stdlib/os.ts", "runtime/a.ts"],
  ["mod.ts", "lua/a.ts"],
  ["lua/engines.ts", "lua/fengari/engine.ts"],
  ["lua/fengari/a.ts", "npm:/fengari@0.1.5"],
  ["lua/fengari/a.ts", "lua/value.ts"],
  ["runtime/a.ts", "node:net"],
];
const BAD: readonly [string, string][] = [
  ["runtime/a.ts", "lua/a.ts"],
  ["lua/a.ts", "busted/a.ts"],
  ["busted/a.ts", "cli/a.ts"],
  ["lua/a.ts", "mod.ts"],
  ["lua/a.ts", "tools/a.ts"],
  ["mod.ts", "busted/a.ts"],
  ["cli/a.ts", "file:///elsewhere.ts"],
  ["lua/a.ts", "lua/fengari/engine.ts"],
  ["cli/a.ts", "lua/fengari/engine.ts"],
  ["lua/engines.ts", "npm:/fengari@0.1.5"],
  ["lua/fengari/a.ts", "lua/compiler/a.ts"],
  ["lua/compiler/a.ts", "runtime/a.ts"],
  ["lua/fengari/a.ts", "runtime/a.ts"],
  ["lua/host.ts", "runtime/a.ts"],
];
for (const [from, target] of GOOD) {
  Deno.test(`checkImportGraph() allows ${from} to import ${target}`, () => {
    deepStrictEqual(checkImportGraph(new Map([[from, [target]]])), []);
  });
}
for (const [from, target] of BAD) {
  Deno.test(`checkImportGraph() forbids ${from} to import ${target}`, () => {
    strictEqual(checkImportGraph(new Map([[from, [target]]])).length, 1);
  });
}
