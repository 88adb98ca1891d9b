/**
 * Lua tracebacks in LuaJIT's format. Engines give frames, this gives text;
 * `debug.traceback` and the report of an uncaught error both use it.
 */
import type { Frame } from "./host.ts";

const FIRST_LEVELS = 12;
const LAST_LEVELS = 10;

/**
 * Formats a call stack, innermost frame first, as `debug.traceback` does:
 * `stack traceback:` and one tab-indented line per frame. Of deep stacks only
 * the first 12 and the last 10 are shown.
 */
export function formatTraceback(frames: readonly Frame[]): string {
  let lines = frames.map((frame) => "\n\t" + formatFrame(frame));
  if (lines.length > FIRST_LEVELS + LAST_LEVELS) {
    lines = [
      ...lines.slice(0, FIRST_LEVELS),
      "\n\t...",
      ...lines.slice(-LAST_LEVELS),
    ];
  }
  return "stack traceback:" + lines.join("");
}

function formatFrame(frame: Frame): string {
  const place = frame.currentLine > 0
    ? `${frame.source}:${frame.currentLine}:`
    : `${frame.source}:`;
  if (frame.name !== undefined) return `${place} in function '${frame.name}'`;
  if (frame.what === "main") return `${place} in main chunk`;
  if (frame.what === "C") return `${place} in function ?`;
  return `${place} in function <${frame.source}:${frame.lineDefined}>`;
}
