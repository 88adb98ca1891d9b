import assert from "node:assert/strict";
import { readBytes } from "../../../runtime/files/read.ts";
import { TestFolder } from "../../support/luamtev.ts";

Deno.test("readBytes() reads every byte, also of a file longer than a chunk", () => {
  using folder = new TestFolder();
  const content = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251);
  Deno.writeFileSync(`${folder.path}/x`, content);
  const read = readBytes(`${folder.path}/x`);
  assert.ok(read.ok);
  assert.equal(read.bytes.length, content.length);
  assert.ok(content.every((byte, i) => read.bytes.charCodeAt(i) === byte));
});

Deno.test("readBytes() tells what cannot be opened from what cannot be read", () => {
  using folder = new TestFolder();
  assert.deepEqual(readBytes(`${folder.path}/none`), {
    ok: false,
    action: "open",
    reason: "No such file or directory",
  });
  assert.deepEqual(readBytes(folder.path), {
    ok: false,
    action: "read",
    reason: "Is a directory",
  });
});
