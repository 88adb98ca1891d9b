/** In a folder that had been removed the program died with a stack of Deno's. */
import assert from "node:assert/strict";
import { ROOT, run, TestFolder } from "../support/luamtev.ts";

Deno.test("luamtev says so when the current folder has been removed", async () => {
  using folder = new TestFolder();
  const { code, stdout, stderr } = await run("sh", [
    "-c",
    'mkdir "$1/gone" && cd "$1/gone" && rmdir "$1/gone" && exec "$0" x.lua',
    `${ROOT}bin/luamtev`,
    folder.path,
  ]);
  assert.deepEqual({ code, stdout }, { code: 1, stdout: "" });
  assert.match(
    stderr,
    /luamtev: the current folder does not exist any more\n$/,
  );
});
