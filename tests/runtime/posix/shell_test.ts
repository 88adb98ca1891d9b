import { strictEqual } from "node:assert/strict";
import { existsSync } from "node:fs";
import { ENOENT } from "../../../runtime/posix/constants.ts";
import { close } from "../../../runtime/posix/descriptors.ts";
import {
  createTemporary,
  remove,
  rename,
  system,
} from "../../../runtime/posix/shell.ts";

Deno.test("system() gives the wait status", () => {
  strictEqual(system("exit 3"), 3 * 256);
  strictEqual(system("kill -9 $$"), 9);
});

Deno.test("createTemporary(), rename() and remove() name real files", () => {
  const file = createTemporary(`${Deno.env.get("TMPDIR") ?? "/tmp"}/t_XXXXXX`)!;
  close(file.fd);
  strictEqual(existsSync(file.path), true);
  strictEqual(rename(file.path, file.path + "_2"), 0);
  strictEqual(remove(file.path), ENOENT);
  strictEqual(remove(file.path + "_2"), 0);
  strictEqual(existsSync(file.path + "_2"), false);
});

Deno.test("createTemporary() gives nothing where it may not write", () => {
  strictEqual(createTemporary("/nonexistent/t_XXXXXX"), undefined);
});
