/**
 * What the functions of `io` and `os` return for an error number of the
 * system, and how they word it.
 */
import { type HostResult, Multi } from "../host.ts";
import { strerror } from "../../runtime/posix/posix_error.ts";

/**
 * The results of a call on a file.
 *
 * @param error The error number, or 0 for success.
 * @param path The file's name, if the message shall begin with it.
 * @returns True, or nil with a message and the error number.
 */
export function fileResult(error: number, path?: string): HostResult {
  if (error === 0) return true;
  const message = path === undefined
    ? strerror(error)
    : pathMessage(error, path);
  return new Multi([undefined, message, error]);
}

/** What went wrong with a file; C ends its name at the first zero byte. */
export function pathMessage(error: number, path: string): string {
  return `${path.replace(/\0[^]*/, "")}: ${strerror(error)}`;
}
