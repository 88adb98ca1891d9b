/**
 * Reads a profile that `luamtev --cpu-prof` wrote, as Lua:
 *
 *     deno task profile <file>.cpuprofile
 *
 * Writes `<file>.lua.cpuprofile`, in which Lua functions have their own names,
 * files and lines, and prints where the time went.
 */
import type { MappedScript } from "../lua/engines.ts";

/** A node of the call tree in V8's format. */
interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    functionName: string;
    url: string;
    lineNumber: number;
    columnNumber: number;
  };
  readonly children?: readonly number[];
  readonly positionTicks?: { line: number; ticks: number }[];
}

/** What of V8's format is used here. */
export interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Names the frames of Lua code, in place. */
export function nameLuaFrames(
  profile: Profile,
  scripts: ReadonlyMap<string, MappedScript>,
): void {
  for (const { callFrame, positionTicks } of profile.nodes) {
    const script = scripts.get(callFrame.url);
    if (script === undefined) continue;
    const fn = script.functions[callFrame.functionName];
    callFrame.url = script.source;
    callFrame.functionName = fn?.name ?? "main chunk";
    callFrame.lineNumber = (fn?.line ?? 1) - 1;
    callFrame.columnNumber = 0;
    for (const tick of positionTicks ?? []) {
      tick.line = script.lines[tick.line - 1] || callFrame.lineNumber + 1;
    }
  }
}

/** The time of a function or line, in microseconds. */
interface Share {
  self: number;
  total: number;
}

/** A table of the functions and the Lua lines that took most of the time. */
export function profileTable(profile: Profile, rows = 20): string {
  const self = selfTimes(profile);
  const functions = new Map<string, Share>();
  const lines = new Map<string, Share>();
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const children = new Set(
    profile.nodes.flatMap((node) => node.children ?? []),
  );
  let all = 0;
  const share = (map: Map<string, Share>, key: string): Share => {
    let found = map.get(key);
    if (found === undefined) map.set(key, found = { self: 0, total: 0 });
    return found;
  };
  const visit = (id: number, callers: readonly string[]): number => {
    const node = nodes.get(id)!;
    const name = frameName(node);
    const own = name === "(idle)" ? 0 : self.get(id) ?? 0;
    all += own;
    share(functions, name).self += own;
    const ticks = node.positionTicks ?? [];
    const count = ticks.reduce((sum, tick) => sum + tick.ticks, 0);
    if (node.callFrame.url.endsWith(".lua")) {
      for (const tick of ticks) {
        const place = `${pathOf(node.callFrame.url)}:${tick.line}`;
        share(lines, place).self += own * tick.ticks / count;
      }
    }
    const below = [...callers, name];
    let total = own;
    for (const child of node.children ?? []) total += visit(child, below);
    if (!callers.includes(name)) share(functions, name).total += total;
    return total;
  };
  for (const { id } of profile.nodes) if (!children.has(id)) visit(id, []);
  const percent = (time: number) =>
    `${(100 * time / (all || 1)).toFixed(1).padStart(5)}%`;
  const top = (map: Map<string, Share>) =>
    [...map].filter(([name, { self }]) => self > 0 && name !== "(root)")
      .sort(([, a], [, b]) => b.self - a.self).slice(0, rows);
  return [
    `${(all / 1000).toFixed(0)} ms, idle time left out`,
    "",
    "  self  total  function",
    ...top(functions).map(([name, time]) =>
      `${percent(time.self)} ${percent(time.total)}  ${name}`
    ),
    "",
    "  self  line",
    ...top(lines).map(([place, time]) => `${percent(time.self)}  ${place}`),
    "",
  ].join("\n");
}

function selfTimes({ samples, timeDeltas }: Profile): Map<number, number> {
  const times = new Map<number, number>();
  samples.forEach((id, i) => {
    // The time up to the next sample is this one's.
    times.set(id, (times.get(id) ?? 0) + Math.max(0, timeDeltas[i + 1] ?? 0));
  });
  return times;
}

function frameName({ callFrame }: ProfileNode): string {
  const { functionName, url, lineNumber } = callFrame;
  const name = functionName === "" ? "(anonymous)" : functionName;
  return url === "" ? name : `${name} ${pathOf(url)}:${lineNumber + 1}`;
}

function pathOf(url: string): string {
  return url.startsWith("file://") ? decodeURI(url.slice(7)) : url;
}

/** The scripts of the process that wrote the profile `CPU.<time>.<pid>.cpuprofile`. */
function readScripts(file: string): Map<string, MappedScript> {
  const folder = file.includes("/") ? file.replace(/[^/]*$/, "") : "";
  const pid = /\.(\d+)\.cpuprofile$/.exec(file)?.[1];
  const lines = Deno.readTextFileSync(`${folder}luamtev.${pid}.scripts`)
    .split("\n").filter((line) => line !== "");
  return new Map(
    lines.map((line) => JSON.parse(line) as MappedScript)
      .map((script) => [script.url, script]),
  );
}

if (import.meta.main) {
  const [file] = Deno.args;
  if (file === undefined || !file.endsWith(".cpuprofile")) {
    console.error("usage: deno task profile <file>.cpuprofile");
    Deno.exit(2);
  }
  let scripts: Map<string, MappedScript>;
  let profile: Profile;
  try {
    scripts = readScripts(file);
    profile = JSON.parse(Deno.readTextFileSync(file));
  } catch (error) {
    console.error(`profile: cannot read ${file}: ${(error as Error).message}`);
    Deno.exit(1);
  }
  nameLuaFrames(profile, scripts);
  const named = file.replace(/\.cpuprofile$/, ".lua.cpuprofile");
  Deno.writeTextFileSync(named, JSON.stringify(profile));
  console.log(profileTable(profile));
  console.log(`written for Chrome and editors: ${named}`);
}
