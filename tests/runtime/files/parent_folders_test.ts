/** Creating the folders above a file, in all states that they can be in. */
import assert from "node:assert/strict";
import { makeParentFolders } from "../../../runtime/files/parent_folders.ts";
import { ENOENT } from "../../../runtime/posix/constants.ts";
import { stat } from "../../../runtime/posix/files.ts";
import { errorName } from "../../../runtime/posix/posix_error.ts";
import { withFolder } from "../../support/folder.ts";

function exists(path: string): boolean {
  return typeof stat(path) !== "number";
}

Deno.test("makeParentFolders() creates all but the last component", () => {
  withFolder((folder) => {
    assert.equal(makeParentFolders(`${folder}/a/b/c/file`, 0o700), 0);
    assert.ok(exists(`${folder}/a/b/c`));
    assert.ok(!exists(`${folder}/a/b/c/file`));
    assert.equal(makeParentFolders(`${folder}/a/b/c/file`, 0o700), 0);
    assert.equal(makeParentFolders(`${folder}/a/b/d/`, 0o700), 0);
    assert.ok(exists(`${folder}/a/b/d`));
  });
});

Deno.test("makeParentFolders() copes with double slashes, dots and links", () => {
  withFolder((folder) => {
    assert.equal(makeParentFolders(`${folder}//x///y/./z/file`, 0o700), 0);
    assert.ok(exists(`${folder}/x/y/z`));
    Deno.symlinkSync("x", `${folder}/link`);
    assert.equal(makeParentFolders(`${folder}/link/q/file`, 0o700), 0);
    assert.ok(exists(`${folder}/x/q`));
    assert.equal(makeParentFolders(`${folder}/link/file`, 0o700), 0);
  });
});

Deno.test("makeParentFolders() refuses a path without a folder", () => {
  for (const path of ["", "file", "/file"]) {
    assert.equal(makeParentFolders(path, 0o700), -ENOENT, path);
  }
});

Deno.test("makeParentFolders() refuses a file or a dangling link on the way", () => {
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/file`, "");
    Deno.symlinkSync("nowhere", `${folder}/link`);
    const refusal = (path: string) =>
      errorName(-makeParentFolders(`${folder}/${path}`, 0o700));
    assert.equal(refusal("file/x"), "EEXIST");
    assert.equal(refusal("file/x/y"), "ENOTDIR");
    assert.equal(refusal("link/x"), "EEXIST");
  });
});
