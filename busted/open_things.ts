/**
 * What specs have open: coroutines and descriptors. For --leaks
 * (busted/lua/busted/leaks.lua), which compares.
 *
 * Timers are not listed, for a coroutine waits for each, nor are children, for
 * their pipes are. Of descriptors that no eventer object has, only sockets and
 * files are: the runtime opens pipes and others of its own when it first needs
 * them.
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
    const add = (fd: number, target: string) =>
      things.set(
        encodeText(`descriptor ${fd} ${target}`),
        encodeText(`a descriptor (${target.replace(/:\[.*/, "")})`),
      );
    for (const [fd, target] of descriptors()) {
      if (/^(socket:|\/(?!dev\/))/.test(target)) add(fd, target);
    }
    for (const coroutine of runtime.coroutines) {
      for (const resource of coroutine.owned ?? []) {
        if (!(resource instanceof EventerHandle) || resource.closed) continue;
        add(resource.fd, targetOf(resource.fd));
      }
      const frames = state.frames(coroutine.thread, 0).filter((frame) =>
        frame.currentLine > 0
      );
      const frame = frames.find((at) => !at.chunkName.startsWith(own));
      if (frame === undefined && frames.length > 0) continue; // the harness's
      const place = frame && ` at ${frame.source}:${frame.currentLine}`;
      const spawned = String(coroutine.spawnedAt ?? "");
      things.set(
        `coroutine ${addressOf(coroutine.thread)}`,
        `a coroutine${place ?? ""}` +
          (spawned === "" ? "" : `, spawned at ${spawned}`),
      );
    }
    return things;
  });
}

/** What the descriptors of this process lead to, where the system tells. */
function descriptors(): [number, string][] {
  try {
    return [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => [
      Number(name),
      targetOf(Number(name)),
    ]);
  } catch {
    return [];
  }
}

function targetOf(fd: number): string {
  try {
    return Deno.readLinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return "unknown";
  }
}
