import assert from "node:assert/strict";
import { fromFileUrl } from "../../support/paths.ts";
import { run } from "../../support/luamtev.ts";

const MODULE = new URL(
  "../../../runtime/posix/signal_record.ts",
  import.meta.url,
);

/** Signals belong to the process, so each test has one of its own. */
async function script(code: string): Promise<string> {
  const result = await run(Deno.execPath(), [
    "eval",
    "--config",
    fromFileUrl(new URL("../../../deno.json", import.meta.url)),
    `const { recordSignal, signalArrived } = await import("${MODULE}");${code}`,
  ]);
  assert.equal(result.code, 0, result.stderr);
  return result.stdout;
}

Deno.test("signalArrived() is true from the signal on, before the loop turns", async () => {
  assert.equal(
    await script(`
      recordSignal("SIGTERM");
      console.log(signalArrived("SIGTERM"));
      Deno.kill(Deno.pid, "SIGTERM");
      while (!signalArrived("SIGTERM"));
      console.log("arrived");`),
    "false\narrived\n",
  );
});

Deno.test("recordSignal() leaves the signal to listeners added later", async () => {
  assert.equal(
    await script(`
      recordSignal("SIGINT");
      Deno.addSignalListener("SIGINT", () => {
        console.log("told", signalArrived("SIGINT"));
        Deno.exit(0);
      });
      Deno.kill(Deno.pid, "SIGINT");
      setTimeout(() => {}, 20_000);`),
    "told true\n",
  );
});

Deno.test("recordSignal() leaves a signal alone that has a listener", async () => {
  assert.equal(
    await script(`
      Deno.addSignalListener("SIGINT", () => {
        console.log("told", signalArrived("SIGINT"));
        Deno.exit(0);
      });
      recordSignal("SIGINT");
      Deno.kill(Deno.pid, "SIGINT");
      setTimeout(() => {}, 20_000);`),
    "told false\n",
  );
});
