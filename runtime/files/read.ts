/**
 * Reads whole files as binary strings (one byte per character), telling a file
 * that cannot be opened from one that cannot be read.
 */
import { binaryString } from "../posix/bytes.ts";
import { EINTR, O_CLOEXEC, O_RDONLY } from "../posix/constants.ts";
import { close, read } from "../posix/descriptors.ts";
import { open } from "../posix/files.ts";
import { errno } from "../posix/libc.ts";
import { strerror } from "../posix/posix_error.ts";

/** The content of a file, or why there is none. */
export type FileContent =
  | { readonly ok: true; readonly bytes: string }
  | {
    readonly ok: false;
    /** What failed. */
    readonly action: "open" | "read";
    /** The system's words for it, such as `No such file or directory`. */
    readonly reason: string;
  };

const CHUNK = 64 * 1024;

/** What is read goes through here: 64 KB that are new cost as much as a small file. */
const buffer = new Uint8Array(CHUNK);

/**
 * Reads a file. Blocks the thread.
 *
 * @param path A binary string.
 */
export function readBytes(path: string): FileContent {
  const fd = open(path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return { ok: false, action: "open", reason: strerror(-fd) };
  const chunks: string[] = [];
  try {
    for (;;) {
      const count = read(fd, buffer);
      if (count === 0) return { ok: true, bytes: chunks.join("") };
      if (count > 0) {
        chunks.push(binaryString(buffer, 0, count));
        continue;
      }
      const error = errno();
      if (error !== EINTR) {
        return { ok: false, action: "read", reason: strerror(error) };
      }
    }
  } finally {
    close(fd);
  }
}
