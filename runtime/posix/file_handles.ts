/**
 * Opens files and commands through the C library's `FILE` handles, which
 * gives its modes and its error numbers to the letter. What is read and
 * written goes through the descriptor; the handle's own buffer stays unused.
 */
import { binaryBytes } from "./bytes.ts";
import { errno, libc } from "./libc.ts";

const symbols = libc({
  fclose: { parameters: ["pointer"], result: "i32" },
  fileno: { parameters: ["pointer"], result: "i32" },
  fopen: { parameters: ["buffer", "buffer"], result: "pointer" },
  lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
  pclose: { parameters: ["pointer"], result: "i32" },
  popen: { parameters: ["buffer", "buffer"], result: "pointer" },
  tmpfile: { parameters: [], result: "pointer" },
}, { rarely: true });

/** An open file or command. */
export interface FileHandle {
  /** The descriptor. */
  readonly fd: number;
  /**
   * Closes it, once; of a command also waits for its end.
   *
   * @returns 0, or the error number.
   */
  close(): number;
}

/**
 * Opens a file.
 *
 * @param path A binary string.
 * @param mode As fopen takes it. The descriptor is closed on exec.
 * @returns The file, or the error number.
 */
export function openFile(path: string, mode: string): FileHandle | number {
  const name = binaryBytes(path + "\0"), flags = binaryBytes(mode + "e\0");
  const calls = symbols();
  const pointer = calls.fopen(name, flags);
  return pointer === null ? errno() : handleOf(pointer, false);
}

/**
 * Opens a file for reading and writing that has no name.
 *
 * @returns The file, or the error number.
 */
export function openTemporary(): FileHandle | number {
  const calls = symbols();
  const pointer = calls.tmpfile();
  return pointer === null ? errno() : handleOf(pointer, false);
}

/**
 * Starts a command with `/bin/sh`.
 *
 * @param command A binary string.
 * @param mode `r` to read what it writes, `w` to write what it reads.
 * @returns The near end of the pipe, or the error number.
 */
export function openCommand(
  command: string,
  mode: string,
): FileHandle | number {
  const text = binaryBytes(command + "\0"), flags = binaryBytes(mode + "e\0");
  const calls = symbols();
  const pointer = calls.popen(text, flags);
  return pointer === null ? errno() : handleOf(pointer, true);
}

function handleOf(
  pointer: Deno.PointerObject,
  command: boolean,
): FileHandle {
  let open = true;
  return {
    fd: symbols().fileno(pointer),
    close() {
      if (!open) return 0;
      open = false;
      const calls = symbols();
      const result = command ? calls.pclose(pointer) : calls.fclose(pointer);
      return result < 0 ? errno() : 0;
    },
  };
}

/** From where {@link seek} counts. */
export const SEEK = { set: 0, cur: 1, end: 2 } as const;

/**
 * Moves the position of an open file.
 *
 * @param fd The descriptor.
 * @param offset In bytes.
 * @param whence From where.
 * @returns The new position from the start, or the negative error number.
 */
export function seek(
  fd: number,
  offset: number,
  whence: keyof typeof SEEK,
): number {
  const distance = BigInt(Math.trunc(offset));
  const calls = symbols();
  const position = calls.lseek(fd, distance, SEEK[whence]);
  return position < 0n ? -errno() : Number(position);
}
