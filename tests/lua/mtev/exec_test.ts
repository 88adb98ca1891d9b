/** `mtev.exec` and `mtev.sh`: what they return, environments, limits, ends. */
import assert from "node:assert/strict";
import { createRuntime, type LuaValue } from "../../../mod.ts";
import { openDescriptors } from "../../../runtime/posix/descriptors.ts";
import { within } from "../../support/eventer.ts";

async function evaluate(source: string): Promise<LuaValue[]> {
  await using runtime = await createRuntime({
    env: { NAME: "value", PATH: "/usr/bin:/bin" },
    stderr: () => {},
  });
  return await within(runtime.eval(source));
}

Deno.test("exec() returns the raw wait status, output and errors", async () => {
  assert.deepEqual(
    await evaluate(
      `return mtev.exec("/bin/sh", { "sh", "-c", "echo a; echo b >&2; exit 1" })`,
    ),
    [256, "a\n", "b\n"],
  );
  assert.deepEqual(
    await evaluate(`return mtev.exec("/bin/sh", { "sh", "-c", "kill -9 $$" })`),
    [9, "", ""],
  );
});

Deno.test("exec() without argv passes the path, without env an empty environment", async () => {
  assert.deepEqual(await evaluate(`return mtev.exec("/usr/bin/env")`), [
    0,
    "",
    "",
  ]);
  assert.deepEqual(
    await evaluate(`return mtev.exec("/bin/cat", nil, nil, 5)`),
    [0, "", ""],
  );
});

Deno.test("exec() takes an environment as strings, by name, and mixed", async () => {
  const [text] = await evaluate(`
    local function run(env)
      local _, text = mtev.exec("/usr/bin/env", { "env", "-0" }, env)
      local list = {}
      for entry in text:gmatch("%Z+") do list[#list + 1] = entry end
      table.sort(list)
      return table.concat(list, "|")
    end
    return run{ "A=1", "B=x=y" } .. " " .. run{ A = 1, B = "two\\nlines", C = true }
      .. " " .. run{ "A=1", B = 2 }`);
  assert.equal(text, "A=1|B=x=y A=1|B=two\nlines|C=true A=1|B=2");
});

Deno.test("exec() of a program that is not there tells exit code 127", async () => {
  assert.deepEqual(
    await evaluate(`
      local status, out, err = mtev.exec("/nonexistent")
      return status, out, err, mtev.WEXITSTATUS(status)`),
    [32512, "", "", 127],
  );
});

Deno.test("exec() over its time returns nil and leaves nothing behind", async () => {
  await using runtime = await createRuntime({ stderr: () => {} });
  const warm = `return mtev.exec("/bin/true")`;
  assert.deepEqual(await within(runtime.eval(warm)), [0, "", ""]);
  const before = openDescriptors().size;
  assert.deepEqual(
    await within(runtime.eval(`
      local status, out, err = mtev.exec("/bin/sleep", { "sleep", "1000" }, {}, 0.01)
      return status, out, err`)),
    [undefined, undefined, undefined],
  );
  assert.equal(openDescriptors().size, before);
});

Deno.test("a coroutine that is cancelled takes its program along", async () => {
  assert.deepEqual(
    await evaluate(`
      local co
      mtev.coroutine_spawn(function()
        co = coroutine.running()
        mtev.exec("/bin/sh", { "sh", "-c", "echo $$ >&2; exec sleep 1000" }, {}, 1000)
      end)
      mtev.cancel_coro(co)
      return mtev.sh("echo still works")`),
    [0, "still works\n", ""],
  );
});

Deno.test("sh() has the environment of the table ENV", async () => {
  assert.deepEqual(
    await evaluate(`
      ENV.ADDED = "by Lua"
      return mtev.sh("echo $NAME $ADDED", 5, "/bin/sh")`),
    [0, "value by Lua\n", ""],
  );
});

Deno.test("sh() runs the shell that ENV.SHELL names, or another", async () => {
  const [, first] = await evaluate(
    `ENV.SHELL = "/bin/sh" return mtev.sh("echo $0")`,
  );
  const [, second] = await evaluate(
    `return mtev.sh("echo $0", nil, "sh")`,
  );
  assert.deepEqual([first, second], ["/bin/sh\n", "sh\n"]);
});

Deno.test("exec() and sh() refuse what is no program", async () => {
  const [nothing, table, plain] = await evaluate(`
    local function message(...) return (select(2, pcall(...))) end
    return message(mtev.exec), message(mtev.exec, "/bin/true", 5),
      select(2, coroutine.resume(coroutine.create(function() mtev.sh("true") end)))`);
  assert.equal(nothing, "assertion failed!");
  assert.match(String(table), /spawn\(path \[,\{args\} \[,\{env\}\]\]\)$/);
  assert.match(String(plain), /coro terminated$/);
});
