/**
 * Reads whole files as binary strings (one byte per character), telling a file
 * that cannot be opened from one that cannot be read.
 */
import { binaryString } from "../posix/bytes.ts";

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

/** Reads the file at `path`. Blocks the thread. */
export function readBytes(path: string): FileContent {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (error) {
    return { ok: false, action: "open", reason: systemReason(error) };
  }
  using opened = file;
  try {
    return { ok: true, bytes: readAll(opened) };
  } catch (error) {
    return { ok: false, action: "read", reason: systemReason(error) };
  }
}

function readAll(file: Deno.FsFile): string {
  const chunks: string[] = [];
  const buffer = new Uint8Array(64 * 1024);
  for (;;) {
    const count = file.readSync(buffer);
    if (count === null) return chunks.join("");
    chunks.push(binaryString(buffer, 0, count));
  }
}

/** The system's words in an error of Deno: `Is a directory (os error 21)`. */
function systemReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^(.*?) \(os error \d+\)/.exec(message)?.[1] ?? message;
}
