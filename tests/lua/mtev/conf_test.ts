/** mtev.conf_*: what the conformance case misc/conf_access does not show. */
import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { ConfigurationSource } from "../../../runtime/conf/configuration_source.ts";
import { createRuntime } from "../../../lua/runtime.ts";
import { luamtev, TestFolder } from "../../support/luamtev.ts";

const TEXT = "<app><port>80</port><half>0.1</half></app>";

Deno.test("mtev.conf_* read and change the configuration of the runtime", async () => {
  await using runtime = await createRuntime({
    configuration: new ConfigurationSource(() => ({ text: TEXT })),
  });
  deepStrictEqual(
    await runtime.eval(`
      local first = mtev.conf_get_integer("/app/port")
      mtev.conf_get_string("/app/made", 1.5)
      return first, mtev.conf("/app/made"), mtev.conf_get_float("/app/half"),
        mtev.conf_replace_value("/app/port", "81"), mtev.conf_number("/app/port"),
        mtev.conf_replace_string("/app/port"), mtev.conf_get(nil), mtev.conf_save()`),
    [80, "1.5", Math.fround(0.1), true, 81, undefined, undefined, true],
  );
});

Deno.test("mtev.conf_* word their errors", async () => {
  await using runtime = await createRuntime({
    configuration: new ConfigurationSource(() => ({ text: TEXT })),
  });
  const fails = (code: string, message: RegExp) =>
    rejects(() => runtime.eval(code), message);
  await fails("mtev.conf_get_string(('/a'):rep(2048), 'x')", /path overflow/);
  await fails("mtev.conf_get_string_list('/app')", /bad arguments/);
  await fails(
    "mtev.conf_get_string_list('/app/port', '@id')",
    /Unable to read option entry: \/app\/port@id/,
  );
});

Deno.test("the first mtev.conf where nothing can wait says so", async () => {
  await using runtime = await createRuntime({
    configuration: new ConfigurationSource(() => ({ text: TEXT })),
  });
  await rejects(
    () =>
      runtime.eval("table.sort({ 1, 2 }, function() mtev.conf('/app') end)"),
    /cannot wait here/,
  );
  deepStrictEqual(await runtime.eval("return mtev.conf('/app/port')"), ["80"]);
});

Deno.test("each of several states has the configuration that -T prints", async () => {
  using folder = new TestFolder();
  const module = folder.module(`function main()
    mtev.shared_notify('seen', mtev.conf('/cli/modules/generic/config/lua_module'))
    if select(2, mtev.thread_self()) == 0 then
      print(mtev.shared_waitfor('seen', 20) == mtev.shared_waitfor('seen', 20))
      os.exit(0)
    end
  end`);
  const { stdout, code } = await luamtev(["--concurrent", "-n", "2", module]);
  deepStrictEqual([stdout, code], ["true\n", 0]);
});

Deno.test("a configuration that does not parse is an error of who asks", async () => {
  await using runtime = await createRuntime({
    configuration: new ConfigurationSource(() => ({ text: "<a>" })),
  });
  await rejects(() => runtime.eval("return mtev.conf('/a')"), /line 1/);
  strictEqual((await runtime.eval("return 1"))[0], 1);
});
