/**
 * Creates the folders that a file needs before it can be created.
 */
import { EEXIST, ENOENT, S_IFDIR, S_IFMT } from "../posix/constants.ts";
import { mkdir, stat } from "../posix/files.ts";

/**
 * Creates all folders on the way to a file that are missing; the last component of the path is the
 * file and is left alone. Folders that are there are left as they are. Blocks the thread.
 *
 * @param path The file, a binary string with a slash behind at least one folder.
 * @param mode The permissions of each folder that is created, less the process's mask.
 * @returns 0, or -errno: ENOENT for a path that names no folder (mtev-lua-api.md §12).
 */
export function makeParentFolders(path: string, mode: number): number {
  const end = path.lastIndexOf("/");
  if (end <= 0) return -ENOENT;
  const parent = path.slice(0, end);
  // Most often all is there, or only the last one is missing.
  const result = makeFolder(parent, mode);
  if (result !== -ENOENT) return result;
  for (let slash = 0; slash >= 0;) {
    slash = parent.indexOf("/", slash + 1);
    const folder = slash < 0 ? parent : parent.slice(0, slash);
    const made = makeFolder(folder, mode);
    if (made < 0) return made;
  }
  return 0;
}

function makeFolder(path: string, mode: number): number {
  const result = mkdir(path, mode);
  return result === -EEXIST && isFolder(path) ? 0 : result;
}

/** Whether a name leads to a folder, perhaps over symbolic links. */
function isFolder(path: string): boolean {
  const status = stat(path);
  return typeof status !== "number" && (status.mode & S_IFMT) === S_IFDIR;
}
