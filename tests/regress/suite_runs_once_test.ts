// The runner of the suite was called tools/test.ts, which `deno test` takes for
// a test module: the suite started itself, without end. So test modules are in
// tests/ and nowhere else.
import { deepStrictEqual, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The files that `deno test` would run, by its documented patterns. */
function listTestModules(folder: string): string[] {
  return [...Deno.readDirSync(root + folder)].flatMap((entry) => {
    const path = folder + entry.name;
    if (entry.isDirectory) {
      const skipped = [".git", "node_modules"].includes(entry.name);
      return skipped ? [] : listTestModules(`${path}/`);
    }
    return /(^|[._])test\.(ts|tsx|mts|js|mjs|jsx)$/.test(entry.name)
      ? [path]
      : [];
  });
}

Deno.test("test modules are in tests/ alone", () => {
  const modules = listTestModules("");
  ok(modules.includes("tests/regress/suite_runs_once_test.ts"));
  deepStrictEqual(modules.filter((path) => !path.startsWith("tests/")), []);
});
