/**
 * Chunk names as messages show them (Lua's `short_src`): `@file` and `=text`
 * without their mark, anything else as `[string "first line..."]`.
 */

const LIMIT = 60;

/** Returns how messages show the chunk called `chunkName`. */
export function shortSource(chunkName: string): string {
  if (chunkName[0] === "=") return chunkName.slice(1, LIMIT);
  if (chunkName[0] === "@") {
    const name = chunkName.slice(1);
    return name.length < LIMIT ? name : "..." + name.slice(4 - LIMIT);
  }
  let end = 0;
  while (end < LIMIT - 12 && chunkName.charCodeAt(end) >= 32) end++;
  return end < chunkName.length
    ? `[string "${chunkName.slice(0, Math.min(end, LIMIT - 15))}..."]`
    : `[string "${chunkName}"]`;
}
