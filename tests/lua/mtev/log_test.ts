import assert from "node:assert/strict";
import "../../support/libraries.ts";
import {
  createRuntime,
  LogConfigurationError,
  type RuntimeOptions,
} from "../../../mod.ts";
import { openDescriptors } from "../../../runtime/posix/descriptors.ts";

/** Runs Lua code, and returns what came to standard output and error. */
async function run(options: RuntimeOptions, code: string): Promise<string> {
  let written = "";
  await using runtime = await createRuntime({
    ...options,
    stdout: (text) => written += text,
    stderr: (text) => written += text,
  });
  await runtime.eval(code, "@/some/folder/app.lua");
  return written;
}

for (const engine of ["compiled", "fengari"] as const) {
  Deno.test(`mtev.log and print say where they were called (${engine})`, async () => {
    const written = await run(
      {
        engine,
        logs: [{ name: "app", debug: true, outlets: [{ name: "stdout" }] }],
      },
      `mtev.log("app", "1\\n")
       local function deep()

         mtev.log("app", "%d\\n", 2)
         mtev.log("app", "%d\\n", 3)
       end
       coroutine.wrap(deep)()
       mtev.sleep(0)
       mtev.printto("app")
       print(4)`,
    );
    assert.deepEqual(written.replace(/@\d+/g, "@1").split("\n"), [
      "[t@1/e:default/0,app.lua:1] 1",
      "[t@1/e:default/0,app.lua:4] 2",
      "[t@1/e:default/0,app.lua:5] 3",
      "[t@1/e:default/0,app.lua:10] 4",
      "",
    ]);
  });
}

Deno.test("mtev.log goes on while a disk is full", async () => {
  const written = await run(
    {
      logs: [
        { name: "full", type: "file", path: "/dev/full" },
        { name: "app", outlets: [{ name: "full" }, { name: "stdout" }] },
      ],
    },
    `for i = 1, 3 do mtev.log("app", "line %d\\n", i) end`,
  );
  assert.equal(
    written,
    "line 1\ncannot write log file /dev/full: No space left on device\n" +
      "line 2\nline 3\n",
  );
});

Deno.test("a runtime whose logs cannot be made leaves nothing behind", async () => {
  const before = openDescriptors().size;
  const logs = [
    { name: "a", type: "file", path: "/dev/null" },
    { name: "b", type: "file" },
  ];
  await assert.rejects(createRuntime({ logs }), LogConfigurationError);
  assert.equal(openDescriptors().size, before);
});

Deno.test("what mtev.log formats is cut at a NUL byte in every outlet", async () => {
  const written = await run(
    { logs: [{ name: "app", facility: true, outlets: [{ name: "stderr" }] }] },
    `mtev.log("app", "seen\\0unseen\\n")`,
  );
  assert.equal(written, "[app] seen\n");
});
