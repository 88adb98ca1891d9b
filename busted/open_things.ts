/**
 * What coroutines of specs have open: themselves, and the descriptors of
 * eventer objects. For --leaks (busted/lua/busted/leaks.lua), which compares.
 */
import { definer } from "../lua/define.ts";
import { EventerHandle } from "../lua/eventer_object.ts";
import type { Runtime } from "../lua/runtime.ts";
import { encodeText } from "../lua/text.ts";
import { addressOf, type LuaTable } from "../lua/value.ts";

/** Adds `open_things` to the table of the host module. */
export function addOpenThings(
  runtime: Runtime,
  host: LuaTable,
  folder: string,
): void {
  const { state } = runtime;
  const own = `@${encodeText(folder)}`;

  /** open_things(): words for each, by something that tells it from all others. */
  definer(state)(host, "open_things", () => {
    const things = state.newTable();
    for (const coroutine of runtime.coroutines) {
      for (const resource of coroutine.owned ?? []) {
        if (!(resource instanceof EventerHandle) || resource.closed) continue;
        things.set(
          `descriptor ${addressOf(resource)}`,
          `a descriptor (${kindOf(resource.fd)})`,
        );
      }
      const frame = state.frames(coroutine.thread, 0).find((
        { currentLine, chunkName },
      ) => currentLine > 0 && !chunkName.startsWith(own));
      if (frame === undefined) continue;
      const spawned = String(coroutine.spawnedAt ?? "");
      things.set(
        `coroutine ${addressOf(coroutine.thread)}`,
        `a coroutine at ${frame.source}:${frame.currentLine}` +
          (spawned === "" ? "" : `, spawned at ${spawned}`),
      );
    }
    return things;
  });
}

function kindOf(fd: number): string {
  try {
    return Deno.readLinkSync(`/proc/self/fd/${fd}`).replace(/:\[.*/, "");
  } catch {
    return "unknown";
  }
}
