import { strictEqual } from "node:assert/strict";
import { EINVAL, ENOENT } from "../../../runtime/posix/constants.ts";
import { openDescriptors, read } from "../../../runtime/posix/descriptors.ts";
import {
  type FileHandle,
  openCommand,
  openFile,
  openTemporary,
  seek,
} from "../../../runtime/posix/file_handles.ts";

function opened(handle: FileHandle | number): FileHandle {
  if (typeof handle === "number") throw new Error(`Got error ${handle}`);
  return handle;
}

Deno.test("openFile() tells the error number, and leaks nothing", () => {
  strictEqual(openFile("/nonexistent/file", "r"), ENOENT);
  strictEqual(openFile("/dev/null", "x"), EINVAL);
  const before = openDescriptors().size;
  const handle = opened(openFile("/dev/null", "r"));
  strictEqual(openDescriptors().size, before + 1);
  strictEqual(handle.close(), 0);
  strictEqual(handle.close(), 0);
  strictEqual(openDescriptors().size, before);
});

Deno.test("openCommand() reads what a command writes, and waits for its end", () => {
  const before = openDescriptors().size;
  const handle = opened(openCommand("echo out; exit 3", "r"));
  const bytes = new Uint8Array(16);
  strictEqual(read(handle.fd, bytes), 4);
  strictEqual(read(handle.fd, bytes), 0);
  strictEqual(handle.close(), 0);
  strictEqual(openDescriptors().size, before);
});

Deno.test("seek() gives the position, or the negative error number", () => {
  const handle = opened(openTemporary());
  strictEqual(seek(handle.fd, 2 ** 40, "set"), 2 ** 40);
  strictEqual(seek(handle.fd, -1, "set"), -EINVAL);
  strictEqual(seek(handle.fd, 0, "cur"), 2 ** 40);
  handle.close();
});
