import assert from "node:assert/strict";
import "../../support/libraries.ts";
import {
  configureLogs,
  LogConfigurationError,
} from "../../../runtime/log/configure.ts";
import type { LogDescription } from "../../../runtime/log/description.ts";
import { Logs } from "../../../runtime/log/logs.ts";
import { MemorySink } from "../../../runtime/log/memory_sink.ts";
import { withFolder } from "../../support/folder.ts";

function configured(descriptions: readonly LogDescription[]) {
  const written: string[] = [];
  const logs = new Logs({
    stdout: (text) => written.push(`out:${text}`),
    stderr: (text) => written.push(`err:${text}`),
  });
  configureLogs(logs, descriptions);
  return { logs, written };
}

function remembered(logs: Logs, name: string): string[] {
  const { sink } = logs.get(name);
  assert.ok(sink instanceof MemorySink);
  return sink.lines().map(({ text }) => text);
}

const out = [{ name: "stdout" }];

Deno.test("a declaration replaces outlets and leaves flags it does not name", () => {
  const { logs, written } = configured([
    { name: "error", facility: true, outlets: out },
    { name: "notice" },
  ]);
  logs.get("error").log("1\n");
  logs.get("notice").log("2\n");
  assert.deepEqual(written, ["out:[error] 1\n"]);
  configureLogs(logs, [{ name: "error", outlets: [{ name: "stderr" }] }]);
  logs.get("error").log("3\n");
  assert.deepEqual(written, ["out:[error] 1\n", "err:[error] 3\n"]);
});

Deno.test("references to a stream stay valid when it is declared anew", () => {
  const { logs } = configured([]);
  const early = logs.get("app/db");
  configureLogs(logs, [
    { name: "ring", type: "memory" },
    { name: "app", outlets: [{ name: "ring" }] },
  ]);
  early.log("x\n");
  assert.deepEqual(remembered(logs, "ring"), ["x\n"]);
});

Deno.test("the same outlet twice counts once", () => {
  const { logs, written } = configured([
    { name: "app", outlets: [...out, ...out] },
  ]);
  logs.get("app").log("x\n");
  assert.deepEqual(written, ["out:x\n"]);
});

Deno.test("an outlet may be declared after what leads to it", () => {
  const { logs, written } = configured([
    { name: "app", outlets: [{ name: "ring" }] },
    { name: "ring", type: "memory" },
  ]);
  logs.get("app").log("x\n");
  assert.deepEqual(remembered(logs, "ring"), ["x\n"]);
  assert.deepEqual(written, []);
});

Deno.test("a filter lets through what it is for", () => {
  const { logs, written } = configured([
    {
      name: "app",
      outlets: [{ name: "stdout", filter: "not(message ~ 'no')" }],
    },
  ]);
  logs.get("app").log("no\n");
  logs.get("app/deep").log("yes\n");
  assert.deepEqual(written, ["out:yes\n"]);
});

Deno.test("a filter that does not parse is reported to its outlet, which is cut off", () => {
  const { logs, written } = configured([
    {
      name: "app",
      outlets: [{ name: "stdout", filter: "message ~~ 'x'" }, {
        name: "silent",
        filter: "(",
      }],
    },
  ]);
  logs.get("app").log("x\n");
  assert.deepEqual(written, [
    "out:error attaching filtered stream (message ~~ 'x'): " +
    "failed to parse at character offset: 10\n",
    "err:error attaching filtered stream ((): " +
    "failed to parse at character offset: 1\n",
  ]);
});

Deno.test("an outlet that leads nowhere is reported", () => {
  const { logs, written } = configured([
    { name: "app", outlets: [{ name: "tpyo" }, ...out] },
  ]);
  logs.get("app").log("x\n");
  assert.deepEqual(written, [
    "err:log app: its outlet tpyo leads nowhere; is the name right?\n",
    "out:x\n",
  ]);
});

Deno.test("unknown types and formats are reported, and nothing ends", () => {
  const { logs, written } = configured([
    { name: "feed", type: "jlog", path: "/x(*)", outlets: out },
    { name: "stdout", format: "flatbuffer" },
  ]);
  logs.get("feed").log("x\n");
  assert.deepEqual(written, [
    "err:Failed to resolve log: feed\n",
    "err:log feed: there is no type jlog; lines only go to its outlets\n",
    "err:log stdout: there is no format flatbuffer, plain or json; it is plain\n",
    "out:x\n",
  ]);
});

Deno.test("a type for stdout or stderr changes nothing", () =>
  withFolder((folder) => {
    const { logs, written } = configured([
      { name: "stdout", type: "file", path: `${folder}/x` },
    ]);
    logs.get("stdout").log("x");
    assert.deepEqual(written, ["out:x"]);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));

Deno.test("a file is opened, written, and closed with the graph", () =>
  withFolder((folder) => {
    const path = `${folder}/x.log`;
    const { logs } = configured([
      { name: "f", type: "file", path },
      { name: "app", facility: true, outlets: [{ name: "f" }] },
    ]);
    logs.get("app").log("a\nb");
    logs[Symbol.dispose]();
    assert.equal(Deno.readTextFileSync(path), "[app] a\n[app] b\n");
  }));

const REFUSED: readonly [string, LogDescription[], string][] = [
  [
    "a file without a path",
    [{ name: "a", type: "file" }],
    "Failed to instantiate logger(a,file,[null])\nError configuring log: a[file:]",
  ],
  [
    "a path that cannot be opened",
    [{ name: "a", type: "file", path: "/nonexistent/dir/x.log" }],
    "Failed to instantiate logger(a,file,/nonexistent/dir/x.log)" +
    ": No such file or directory\n" +
    "Error configuring log: a[file:/nonexistent/dir/x.log]",
  ],
  [
    "an outlet without a name",
    [{ name: "a", outlets: [{ name: "" }] }],
    "Cannot find outlet '' for a[:]",
  ],
  [
    "a short period",
    [{ name: "a", type: "file", path: "x", rotateSeconds: 10 }],
    "rotate_seconds must be >= 600s (10 minutes)",
  ],
  [
    "a short file",
    [{ name: "a", type: "file", path: "x", rotateBytes: 5 }],
    "rotate_bytes must be >= 102400 (100k)",
  ],
  [
    "a log that is its own outlet",
    [{ name: "a", outlets: [{ name: "a" }] }],
    "Cannot configure logs: outlets form a circle: a > a",
  ],
  [
    "outlets in a circle",
    [
      { name: "z", outlets: [{ name: "a" }] },
      { name: "a", outlets: [...out, { name: "b" }] },
      { name: "b", outlets: [{ name: "c" }, ...out] },
      { name: "c", outlets: [{ name: "a" }] },
    ],
    "Cannot configure logs: outlets form a circle: a > b > c > a",
  ],
  [
    "a parent whose outlet is its child",
    [{ name: "a", outlets: [{ name: "a/b/c" }] }],
    "Cannot configure logs: outlets form a circle: a > a/b/c > a/b > a",
  ],
  [
    "a circle through a built-in stream",
    [{ name: "stderr", outlets: [{ name: "notice" }] }],
    "Cannot configure logs: outlets form a circle: stderr > notice > error > stderr",
  ],
];

for (const [what, descriptions, message] of REFUSED) {
  Deno.test(`configureLogs() refuses ${what}`, () => {
    assert.throws(
      () => configured(descriptions),
      (error) => {
        assert.ok(error instanceof LogConfigurationError);
        assert.equal(error.message, message);
        return true;
      },
    );
  });
}

Deno.test("a child that is declared away from its parent is no circle", () => {
  const { logs, written } = configured([
    { name: "a", outlets: [{ name: "a/b" }] },
    { name: "a/b", outlets: out },
  ]);
  logs.get("a").log("x\n");
  assert.deepEqual(written, ["out:x\n"]);
});

Deno.test("goAsync() collects what goes to files until the loop passes", () =>
  withFolder((folder) => {
    const path = `${folder}/x.log`;
    const posted: (() => void)[] = [];
    using logs = new Logs({
      stdout() {},
      stderr() {},
      eventer: {
        post: (callback) => posted.push(callback),
        timer: () => ({ cancel() {} }) as never,
      },
    });
    logs.goAsync();
    configureLogs(logs, [{ name: "f", type: "file", path }]);
    logs.get("f").log("1\n");
    assert.equal(Deno.readTextFileSync(path), "");
    posted[0]!();
    assert.equal(Deno.readTextFileSync(path), "1\n");
    logs.get("f").log("2\n");
    logs.goSync();
    logs.get("f").log("3\n");
    assert.equal(Deno.readTextFileSync(path), "1\n2\n3\n");
  }));
