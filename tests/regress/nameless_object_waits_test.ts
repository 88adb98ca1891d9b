/**
 * An object that only its own waiting operation still needed, as in `mtev.socket():connect(…)` or
 * `e:own():accept()`, was closed by the garbage collector, and its coroutine waited for ever.
 */
import assert from "node:assert/strict";
import { ROOT, run } from "../support/luamtev.ts";

Deno.test("the collector closes no object in which an operation waits, and closes it then", async () => {
  const source = `
    import { createRuntime } from "${new URL("../../mod.ts", import.meta.url)}";
    await using runtime = await createRuntime({
      stdout: (text) => console.log(text.trim()),
    });
    const [port] = await runtime.eval(\`
      local l = mtev.socket()
      l:bind("127.0.0.1", 0) l:listen(1)
      local _, port = l:sock_name()
      mtev.coroutine_spawn(function()
        print(l:own():accept():read("\\\\n"))
      end)
      return port\`);
    const pause = () => new Promise((resolve) => setTimeout(resolve));
    // The registry of what was collected is told a few turns later.
    const collect = async () => {
      for (let turn = 0; turn < 5; turn++) {
        gc();
        await pause();
      }
    };
    await collect();
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await pause();
    await collect();
    await connection.write(new TextEncoder().encode("heard\\n"));
    const timer = setInterval(() => gc(), 5);
    console.log("end", await connection.read(new Uint8Array(1)));
    clearInterval(timer);
    connection.close();
    await Deno.connect({ hostname: "127.0.0.1", port })
      .catch(() => console.log("gone"));`;
  const { stdout, stderr } = await run(Deno.execPath(), [
    "eval",
    "--ext=ts",
    "--v8-flags=--expose-gc",
    `--config=${ROOT}deno.json`,
    source,
  ]);
  assert.equal(stdout, "heard\nend null\ngone\n", stderr);
});
