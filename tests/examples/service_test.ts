/** The application with its own configuration, as a user would start it. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import net from "node:net";
import { ROOT, TestFolder } from "../support/luamtev.ts";

const FILES = [
  "service.conf",
  "service.lua",
  "conf.d/logs.conf",
  "conf.d/greetings.conf",
];

Deno.test("example service reads its configuration, logs, and writes back", async () => {
  using folder = new TestFolder();
  for (const name of FILES) {
    folder.write(
      name,
      Deno.readTextFileSync(`${ROOT}examples/service/${name}`),
    );
  }
  Deno.mkdirSync(`${folder.path}/logs`);
  const child = new Deno.Command(`${ROOT}bin/luamtev`, {
    args: ["-c", "service.conf", "service.lua"],
    cwd: folder.path,
    env: { SERVICE_LOGS: `${folder.path}/logs`, SERVICE_DEBUG: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const deadline = setTimeout(() => child.kill("SIGKILL"), 30_000);
  const stderr = new Response(child.stderr).text();
  let output = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += chunk;
    const port = /^listening on port (\d+)\n/.exec(output)?.[1];
    if (port !== undefined) {
      strictEqual(await talk(Number(port)), "hallo\nhello\nhello\nsalut\n");
    }
  }
  const { code } = await child.status;
  clearTimeout(deadline);
  strictEqual(code, 0);
  strictEqual(
    await stderr,
    ["de", "xx", "']", "fr"].map((word) => `a client asked for ${word}\n`)
      .join(""),
  );
  const read = (name: string) =>
    Deno.readTextFileSync(`${folder.path}/${name}`);
  deepStrictEqual(
    read("logs/service.log").split("\n").map((line) =>
      line.replace(/^\[[-0-9 :.]+\] /, "")
    ),
    ["started", "xx refused", "'] refused", "stopped", ""],
  );
  deepStrictEqual(
    read("logs/requests.json").trim().split("\n").map((line) =>
      JSON.parse(line).message
    ),
    ["de answered\n", "xx refused\n", "'] refused\n", "fr answered\n"],
  );
  match(
    read("service.conf"),
    /<service port="[^"]*" greeting="hello" answered="4">/,
  );
  match(read("service.conf"), /^ {2}SERVICE_PORT changes the port/m);
  for (const name of FILES.slice(1)) {
    strictEqual(
      read(name),
      Deno.readTextFileSync(`${ROOT}examples/service/${name}`),
    );
  }
});

async function talk(port: number): Promise<string> {
  const socket = net.connect(port, "127.0.0.1");
  socket.end("de\nxx\n']\nfr\n");
  let text = "";
  for await (const chunk of socket) text += chunk;
  return text;
}
