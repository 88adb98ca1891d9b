/**
 * The current folder as the text that templates of `package.path` are made of.
 */
import { currentFolder } from "../runtime/posix/files.ts";
import { decodeBytes } from "./text.ts";

/** The absolute path of the current folder, or `.` when it has been removed. */
export function currentFolderText(): string {
  const path = currentFolder();
  return typeof path === "string" ? decodeBytes(path) : ".";
}
