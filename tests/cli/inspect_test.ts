/**
 * Lua code in a debugger and in profiles: the real program, spoken to as
 * Chrome's inspector speaks to it.
 */
import assert from "node:assert/strict";
import { luamtev, ROOT, run, TestFolder } from "../support/luamtev.ts";
import { within } from "../support/eventer.ts";

const MODULE = `module(..., package.seeall)
function tick(n)
  local doubled = n * 2
  local copy = doubled
  return copy
end
function main()
  while true do
    tick(21)
    mtev.sleep(0.001)
  end
end`;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
  // deno-lint-ignore no-explicit-any
  readonly params?: any;
}

/** A connection to an inspector. */
class Inspector {
  readonly #socket: WebSocket;
  readonly #messages: Message[] = [];
  #wake = () => {};
  #nextId = 1;

  constructor(url: string) {
    this.#socket = new WebSocket(url);
    this.#socket.onmessage = ({ data }) => {
      this.#messages.push(JSON.parse(data));
      this.#wake();
    };
  }

  async open(): Promise<void> {
    await new Promise((resolve, reject) => {
      this.#socket.onopen = resolve;
      this.#socket.onerror = reject;
    });
  }

  send(method: string, params: object = {}): void {
    const id = this.#nextId++;
    this.#socket.send(JSON.stringify({ id, method, params }));
  }

  /** The next message of a kind that is as wanted; those before are dropped. */
  async event(
    method: string,
    // deno-lint-ignore no-explicit-any
    wanted: (params: any) => boolean = () => true,
    // deno-lint-ignore no-explicit-any
  ): Promise<any> {
    for (;;) {
      const message = this.#messages.shift();
      if (message === undefined) {
        await new Promise<void>((resolve) => this.#wake = resolve);
      } else if (message.method === method && wanted(message.params)) {
        return message.params;
      }
    }
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.onclose = resolve);
    this.#socket.close();
    await closed;
  }
}

/** The address in what the program writes when it listens. */
async function listening(stderr: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of stderr.values({ preventCancel: true })) {
    text += decoder.decode(bytes);
    const url = /ws:\/\/\S+/.exec(text)?.[0];
    if (url !== undefined) return url;
  }
  return assert.fail(`it never listened: ${text}`);
}

const INLINE = "data:application/json;base64,";

/** The source map of a script, decoded. */
function sourceMap(url: string) {
  assert.ok(url.startsWith(INLINE), url);
  const bytes = Uint8Array.from(
    atob(url.slice(INLINE.length)),
    (character) => character.charCodeAt(0),
  );
  const map = JSON.parse(new TextDecoder().decode(bytes));
  return { ...map, lines: decodeLines(map.mappings) };
}

/** The original line, from 1, of each generated one; 0 where there is none. */
function decodeLines(mappings: string): number[] {
  const digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  let line = 1;
  return mappings.split(";").map((segment) => {
    if (segment === "") return 0;
    const fields: number[] = [];
    let value = 0, shift = 0;
    for (const digit of segment) {
      const bits = digits.indexOf(digit);
      value += (bits & 31) << shift;
      shift += 5;
      if (bits >= 32) continue;
      fields.push(value & 1 ? -(value >> 1) : value >> 1);
      value = shift = 0;
    }
    return line += fields[2]!;
  });
}

Deno.test("--inspect-wait shows Lua to a debugger, and stops at its lines", async () => {
  using folder = new TestFolder();
  const path = folder.module("", "x \u00e9.lua");
  Deno.writeTextFileSync(path, MODULE);
  const child = new Deno.Command(`${ROOT}bin/luamtev`, {
    args: ["--inspect-wait=127.0.0.1:0", path],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  try {
    await within((async () => {
      const inspector = new Inspector(await listening(child.stderr));
      await inspector.open();
      inspector.send("Debugger.enable");
      inspector.send("Runtime.enable");
      inspector.send("Runtime.runIfWaitingForDebugger");
      const script = await inspector.event(
        "Debugger.scriptParsed",
        ({ url, sourceMapURL }) =>
          url.startsWith("luachunk:") &&
          sourceMap(sourceMapURL).sources[0].endsWith(".lua") &&
          sourceMap(sourceMapURL).sourcesContent[0] === MODULE,
      );
      const map = sourceMap(script.sourceMapURL);
      assert.deepEqual(map.sources, [`file://${encodeURI(path)}`]);
      // A line without any operation that could fail, too.
      const lines = [3, 4];
      for (const line of lines) {
        inspector.send("Debugger.setBreakpointByUrl", {
          url: script.url,
          lineNumber: map.lines.indexOf(line),
        });
      }
      for (const line of lines) {
        const { callFrames: [frame] } = await inspector.event(
          "Debugger.paused",
        );
        assert.equal(map.lines[frame.location.lineNumber], line);
        inspector.send("Debugger.resume");
      }
      await inspector.close();
    })());
  } finally {
    child.kill("SIGKILL");
    await child.stderr.cancel();
    await child.status;
  }
});

Deno.test("--cpu-prof writes a profile that deno task profile reads as Lua", async () => {
  using folder = new TestFolder();
  const path = folder.module(`
local function busy(start)
  local sum = 0
  while os.clock() - start < 0.2 do
    for i = 1, 10000 do sum = sum + i % 7 end
  end
  return sum
end
function main()
  mtev.sleep(0.001)
  busy(os.clock())
  os.exit(5)
end`);
  const profiles = `${folder.path}/a folder`;
  const { code } = await luamtev([`--cpu-prof=${profiles}`, path]);
  assert.equal(code, 5);
  const name = [...Deno.readDirSync(profiles)].map((entry) => entry.name)
    .find((name) => name.endsWith(".cpuprofile"));
  assert.ok(name !== undefined);
  const { code: status, stdout, stderr } = await run(Deno.execPath(), [
    "run",
    "--allow-read",
    "--allow-write",
    `${ROOT}tools/profile.ts`,
    `${profiles}/${name}`,
  ]);
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  assert.match(stdout, / self +total +function\n/);
  assert.ok(stdout.includes(`busy ${path}:3\n`), stdout);
  assert.ok(stdout.includes(`${path}:6\n`), stdout);
  const named = JSON.parse(
    Deno.readTextFileSync(
      `${profiles}/${name.replace(/cpuprofile$/, "lua.cpuprofile")}`,
    ),
  );
  assert.ok(
    // deno-lint-ignore no-explicit-any
    named.nodes.some(({ callFrame }: any) =>
      callFrame.functionName === "busy" &&
      callFrame.url === `file://${path}` && callFrame.lineNumber === 2
    ),
  );
});
