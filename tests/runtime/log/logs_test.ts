import assert from "node:assert/strict";
import { configureLogs } from "../../../runtime/log/configure.ts";
import { describeStream } from "../../../runtime/log/description.ts";
import { addDefaultLogs } from "../../../runtime/log/default_logs.ts";
import { DEBUG, FACILITY } from "../../../runtime/log/format.ts";
import { Logs } from "../../../runtime/log/logs.ts";
import { Recorder } from "../../../runtime/stats/recorder.ts";
import { wayTo } from "../../../runtime/log/stream.ts";

function capture() {
  const written: string[] = [];
  const logs = new Logs({
    stdout: (message) => written.push(`out:${message}`),
    stderr: (message) => written.push(`err:${message}`),
    threadName: "t",
  });
  return { logs, written };
}

const BUILT_IN = ["stdout", "stderr", "error", "notice", "debug"];

function inEffect(logs: Logs): string[] {
  return BUILT_IN.filter((name) => logs.get(name).effective);
}

Deno.test("Logs has all built-in streams but debug on", () => {
  const { logs } = capture();
  assert.deepEqual(inEffect(logs), ["stdout", "stderr", "error", "notice"]);
});

Deno.test("the default logs have notice and debug off", () => {
  const { logs } = capture();
  addDefaultLogs(logs);
  assert.deepEqual(inEffect(logs), ["stdout", "stderr", "error"]);
});

Deno.test("LogStream.log() goes down the outlets to the writers", () => {
  const { logs, written } = capture();
  logs.get("error/lua/deep").log("hello\n");
  logs.get("notice").log("note\n");
  logs.get("stdout").log("exact");
  assert.deepEqual(written, ["err:hello\n", "err:note\n", "out:exact"]);
});

Deno.test("the stderr stream ends every line and writes no empty message", () => {
  const { logs, written } = capture();
  logs.get("stderr").log("a\nb");
  logs.get("stderr").log("");
  logs.get("error").log("c");
  logs.get("error").log("");
  assert.deepEqual(written, ["err:a\nb\n", "err:c\n"]);
});

Deno.test("a stream without a sink or outlet is never in effect", () => {
  const { logs, written } = capture();
  logs.enable("fresh", true);
  assert.equal(logs.get("fresh").effective, false);
  logs.get("fresh").log("lost\n");
  assert.deepEqual(written, []);
});

Deno.test("Logs.enable() switches what leads to a stream as well", () => {
  const { logs, written } = capture();
  assert.equal(logs.get("debug/x").effective, false);
  logs.enable("debug", true);
  assert.equal(logs.get("debug/x").effective, true);
  logs.enable("debug/x", false);
  logs.get("debug/x").log("off\n");
  logs.get("debug").log("on\n");
  assert.deepEqual(written, ["err:on\n"]);
});

Deno.test("a name of any depth makes a stream", () => {
  const { logs, written } = capture();
  const deep = "error/" + "a/".repeat(400) + "z";
  logs.get(deep).log("deep\n");
  const deeper = logs.get("error/" + "a/".repeat(100_000) + "z");
  assert.equal(deeper.effective, false);
  assert.deepEqual(written, ["err:deep\n"]);
});

Deno.test("outlets are visited newest first, and once each way", () => {
  const { logs, written } = capture();
  const names: string[] = [];
  for (const name of ["x", "y"]) {
    logs.get(name).sink = {
      type: "test",
      splits: false,
      write: (text) => names.push(`${name}:${text}`),
    };
  }
  logs.get("y").outlets = [wayTo(logs.get("x"))];
  logs.get("top").outlets = [wayTo(logs.get("x")), wayTo(logs.get("y"))];
  logs.get("top").log("!");
  assert.deepEqual(names, ["y:!", "x:!", "x:!"]);
  assert.deepEqual(written, []);
});

Deno.test("a flag reaches one stream further", () => {
  const { logs, written } = capture();
  logs.get("error/a").flags = FACILITY;
  logs.get("error/a").log("two hops\n");
  logs.get("error").flags = FACILITY;
  logs.get("error/a").log("one hop\n");
  assert.deepEqual(written, ["err:two hops\n", "err:[error/a] one hop\n"]);
});

Deno.test("each line of a message has the prefixes where lines are split", () => {
  const { logs, written } = capture();
  logs.get("stderr").flags = FACILITY;
  logs.get("stdout").flags = FACILITY;
  for (const name of ["stderr", "stdout"]) logs.get(name).log("a\n\nb");
  assert.deepEqual(written, [
    "err:[stderr] a\n[stderr] \n[stderr] b\n",
    "out:[stdout] a\n\nb",
  ]);
});

Deno.test("debugging says thread and place, which are asked for only then", () => {
  const { logs, written } = capture();
  let asked = 0;
  const place = {
    toString() {
      asked++;
      return "/some/folder/app.lua:12";
    },
  };
  logs.get("stderr").log("x\n", place);
  assert.deepEqual([asked, logs.get("error").wantsPlace], [0, false]);
  logs.get("stderr").flags = DEBUG;
  assert.equal(logs.get("error").wantsPlace, true);
  logs.get("stderr").log("x\n", place);
  logs.get("stderr").log("y\n");
  assert.equal(asked, 1);
  const id = logs.thread.id;
  assert.deepEqual(written, [
    "err:x\n",
    `err:[t@${id}/t,app.lua:12] x\n`,
    `err:[t@${id}/t,:0] y\n`,
  ]);
});

Deno.test("a timestamp is local time with microseconds", () => {
  const { logs, written } = capture();
  configureLogs(logs, [{ name: "stderr", timestamps: true }]);
  const before = new Date();
  logs.get("stderr").log("x\n");
  const [, year, month, day, hour, minute, second, rest] = written[0]!.match(
    /^err:\[(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)\.\d{6}\] (x\n)$/,
  ) ?? [];
  assert.equal(rest, "x\n");
  const time = new Date(+year!, +month! - 1, +day!, +hour!, +minute!, +second!);
  const late = time.getTime() - before.getTime();
  assert.ok(late >= -1000 && late < 60_000, `${time} after ${before}`);
});

Deno.test("a JSON line has libmtev's keys in their order", () => {
  const { logs, written } = capture();
  configureLogs(logs, [{ name: "stdout", format: "json", facility: true }]);
  const message = '\xc3\xbc \x01\t"\\/\xff\n';
  const fields = { n: 7, d: 0.5, s: "t", none: NaN };
  logs.get("stdout").log(message, { toString: () => "a/b.lua:3" }, fields);
  logs.get("stdout").log("");
  const id = logs.thread.id;
  const masked = written.map((text) =>
    text.replace(/"timestamp":"\d+\.\d{6}"/, '"timestamp":"T"')
  );
  assert.deepEqual(masked, [
    `out:{"timestamp":"T","facility":"stdout","threadid":${id},` +
    '"threadname":"t","file":"b.lua","line":3,' +
    '"message":"\xc3\xbc \\u0001\\t\\"\\\\/\xef\xbf\xbd\\n",' +
    '"n":7,"d":0.500000,"s":"t","none":null}\n',
    `out:{"timestamp":"T","facility":"stdout","threadid":${id},` +
    '"threadname":"t","file":"","line":0,"message":""}\n',
  ]);
});

Deno.test("a stream with stats counts what comes by", () => {
  const stats = new Recorder();
  const logs = new Logs({ stdout() {}, stderr() {}, stats });
  configureLogs(logs, [
    { name: "stderr", stats: true },
    { name: "off", stats: true, disabled: true, outlets: [{ name: "stderr" }] },
  ]);
  assert.equal(describeStream(logs.get("stderr")).stats, true);
  logs.get("error").log("1\n");
  logs.get("stderr").log("2\n");
  logs.get("off").log("3\n");
  const counted = Array.from(
    stats.metrics.values(),
    ({ name, value }) => [name, value],
  );
  assert.deepEqual(counted, [
    ["mtev`log`lines`stderr", 2],
    ["mtev`log`lines`off", undefined],
  ]);
});

Deno.test("describeStream() tells all of a stream and names those below", () => {
  const { logs } = capture();
  configureLogs(logs, [
    { name: "ring", type: "memory", path: "10,1000", config: { a: "b" } },
    {
      name: "app",
      debug: true,
      outlets: [{ name: "ring" }, { name: "notice" }],
    },
    { name: "lost", disabled: true },
  ]);
  assert.deepEqual(describeStream(logs.get("ring")), {
    name: "ring",
    type: "memory",
    path: "10,1000",
    enabled: true,
    enabled_below: true,
    debugging: false,
    timestamps: false,
    facility: false,
    stats: false,
    config: { a: "b" },
  });
  const { outlets, enabled_below, debugging } = describeStream(logs.get("app"));
  assert.deepEqual([enabled_below, debugging], [true, true]);
  assert.deepEqual(outlets, [
    { name: "ring" },
    {
      name: "notice",
      outlets: [{ name: "error", outlets: [{ name: "stderr" }] }],
    },
  ]);
  const lost = describeStream(logs.get("lost"));
  assert.deepEqual([lost.enabled, lost.enabled_below], [false, false]);
});
