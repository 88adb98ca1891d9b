/**
 * The content of folders, through the C library's `readdir`. It blocks the thread.
 *
 * Names are binary strings, as the kernel has them.
 */

import { binaryBytes, binaryString } from "./bytes.ts";
import { errno, libc } from "./libc.ts";

const symbols = libc({
  closedir: { parameters: ["pointer"], result: "i32" },
  opendir: { parameters: ["buffer"], result: "pointer" },
  readdir: { parameters: ["pointer"], result: "pointer" },
}, { rarely: true });

/** struct dirent: inode and offset, 64 bits each, the record's length, the kind, the name. */
const LENGTH_OFFSET = 16;
const NAME_OFFSET = 19;

/**
 * Lists a folder.
 *
 * @param path A binary string.
 * @returns The names in the folder's own order, `.` and `..` among them; or -errno.
 */
export function readFolder(path: string): string[] | number {
  const name = binaryBytes(path + "\0");
  const calls = symbols();
  const stream = calls.opendir(name);
  if (stream === null) return -errno();
  const names: string[] = [];
  for (;;) {
    const entry = calls.readdir(stream);
    if (entry === null) break;
    const length = new Deno.UnsafePointerView(entry).getUint16(LENGTH_OFFSET);
    const bytes = new Uint8Array(
      Deno.UnsafePointerView.getArrayBuffer(
        entry,
        length - NAME_OFFSET,
        NAME_OFFSET,
      ),
    );
    names.push(binaryString(bytes, 0, bytes.indexOf(0)));
  }
  calls.closedir(stream);
  return names;
}
