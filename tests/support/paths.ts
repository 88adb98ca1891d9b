/** Paths of this project, for tests. */
import { fileURLToPath } from "node:url";

/** The path that a `file:` URL names. */
export function fromFileUrl(url: URL): string {
  return fileURLToPath(url);
}
