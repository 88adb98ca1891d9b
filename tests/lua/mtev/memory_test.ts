/**
 * The memory that docs/decisions.md promises ("What coroutines cost"): the
 * peak of the whole process, as the kernel counts it.
 */
import assert from "node:assert/strict";
import { ROOT, TestFolder } from "../../support/luamtev.ts";

/** Runs a module to its first line of output; its peak memory then, in MB. */
async function peakMegabytes(body: string): Promise<number> {
  using folder = new TestFolder();
  const child = new Deno.Command(`${ROOT}bin/luamtev`, {
    args: [folder.module(body)],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const deadline = setTimeout(() => child.kill("SIGKILL"), 120_000);
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  assert.equal(new TextDecoder().decode(value), "ready\n");
  const status = await Deno.readTextFile(`/proc/${child.pid}/status`);
  child.kill("SIGKILL");
  await reader.cancel();
  await child.status;
  clearTimeout(deadline);
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)![1]) / 1024;
}

Deno.test("100,000 sleeping coroutines stay below 500 MB", async () => {
  const peak = await peakMegabytes(`function main()
  for i = 1, 100000 do
    mtev.coroutine_spawn(function() mtev.sleep(1000) end)
  end
  print("ready")
end`);
  console.log(`peak: ${peak.toFixed(0)} MB`);
  assert.ok(peak < 500, `${peak} MB`);
});

Deno.test("1,000,000 notify/waitfor switches stay below 250 MB", async () => {
  const peak = await peakMegabytes(`function main()
  mtev.coroutine_spawn(function()
    while true do
      mtev.waitfor("ping")
      mtev.notify("pong")
    end
  end)
  for i = 1, 500000 do
    mtev.notify("ping", i)
    mtev.waitfor("pong")
  end
  print("ready")
end`);
  console.log(`peak: ${peak.toFixed(0)} MB`);
  assert.ok(peak < 250, `${peak} MB`);
});
