/** What the harness keeps of its compiled files (busted/kept_code.ts). */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { ROOT } from "../support/luamtev.ts";
import { mtevBusted } from "../support/mtev_busted.ts";

const SPEC = `describe('block', function()
  before_each(function() mtev.sleep(0) end)
  it('passes', function() assert.equal(1, 1) end)
  it('fails', function() assert.same({ 1 }, { 2 }) end)
  it('is wrong', function() assert.equal(1) end)
  it('tells of the harness', function()
    print(debug.traceback())
    print(debug.getinfo(describe, 'S').linedefined, (debug.getupvalue(describe, 1)))
  end)
end)
`;

let caches = 0;

/**
 * A cache folder, and runs with it. Of the same name in each run of the tests:
 * deno keeps bytecode of modules by their paths, for ever.
 */
class Cache implements Disposable {
  readonly path = `${
    Deno.env.get("TMPDIR") ?? "/tmp"
  }/luamtev-kept-code${ROOT}${++caches}`;

  constructor() {
    this[Symbol.dispose]();
    Deno.mkdirSync(this.path, { recursive: true });
    Deno.writeTextFileSync(`${this.path}/a_spec.lua`, SPEC);
  }

  async run(
    words: readonly string[],
    env: Record<string, string> = {},
  ): Promise<{ shown: string; code: number }> {
    const { stdout, stderr, code } = await mtevBusted(words, {
      cwd: this.path,
      env: {
        LUAMTEV_CACHE: `${this.path}/cache`,
        // The launcher would fetch a deno into an empty folder.
        PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`,
        ...env,
      },
    });
    return { shown: (stdout + stderr).replace(/0x[0-9a-f]+/g, "0x"), code };
  }

  /** Runs the spec. */
  spec(env?: Record<string, string>): Promise<{ shown: string; code: number }> {
    return this.run(["-v", "-o", "TAP", "a_spec.lua"], env);
  }

  /** The modules of kept code. */
  modules(): string[] {
    return [...find(`${this.path}/cache/code`)];
  }

  [Symbol.dispose](): void {
    try {
      Deno.removeSync(this.path, { recursive: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

function* find(folder: string): Generator<string> {
  try {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      if (isDirectory) yield* find(`${folder}/${name}`);
      else yield `${folder}/${name}`;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The kept module with another version of the harness in it. */
function changeVersion(module: string): void {
  const text = Deno.readTextFileSync(module);
  assert.match(text, /run:[^]*"2\.3\.0"/);
  Deno.writeTextFileSync(module, text.replaceAll('"2.3.0"', '"9.9.9"'));
}

Deno.test("kept code reports, waits and shows its inside as compiled code does", async () => {
  using cache = new Cache();
  const compiled = await cache.spec({ LUAMTEV_CODE_CACHE: "0" });
  assert.deepEqual(cache.modules(), []);
  for (let i = 0; i < 3; i++) assert.deepEqual(await cache.spec(), compiled);
  assert.equal(compiled.code, 1);
  assert.equal(cache.modules().length, 1);
});

Deno.test("kept code is used until the compiler or the module changes", async () => {
  using cache = new Cache();
  await cache.run(["--version"]);
  const [module] = cache.modules();
  changeVersion(module!);
  assert.equal((await cache.run(["--version"])).shown, "9.9.9\n");
  assert.equal(
    (await cache.run(["--version"], { LUAMTEV_CODE_CACHE: "0" })).shown,
    "2.3.0\n",
  );
  const text = Deno.readTextFileSync(module!);
  Deno.writeTextFileSync(
    module!,
    text.replace(/(export const compiler = ")/, "$1other"),
  );
  assert.equal((await cache.run(["--version"])).shown, "2.3.0\n");
  assert.doesNotMatch(Deno.readTextFileSync(module!), /"9\.9\.9"/);
});

Deno.test("a file counts by what is in it", async () => {
  using cache = new Cache();
  await cache.run(["--version"]);
  const [module] = cache.modules();
  changeVersion(module!);
  const text = Deno.readTextFileSync(module!);
  const touched = text.replaceAll('"stamp":"', '"stamp":"other');
  Deno.writeTextFileSync(module!, touched);
  assert.equal((await cache.run(["--version"])).shown, "9.9.9\n");
  assert.equal(Deno.readTextFileSync(module!), text);
  Deno.writeTextFileSync(
    module!,
    touched.replaceAll('"source":"', '"source":"-- other'),
  );
  assert.equal((await cache.run(["--version"])).shown, "2.3.0\n");
  assert.doesNotMatch(Deno.readTextFileSync(module!), /"9\.9\.9"/);
});

Deno.test("a run adds what the kept code lacks", async () => {
  using cache = new Cache();
  await cache.run(["--version"]);
  const [module] = cache.modules();
  changeVersion(module!);
  assert.doesNotMatch(Deno.readTextFileSync(module!), /outputHandlers\/TAP/);
  await cache.run(["-o", "TAP", "--list", "a_spec.lua"]);
  const listed = Deno.readTextFileSync(module!);
  assert.match(listed, /outputHandlers\/TAP/);
  assert.doesNotMatch(listed, /return function R\d/);
  const first = await cache.spec();
  const text = Deno.readTextFileSync(module!);
  assert.match(text, /return function R\d/);
  assert.match(text, /"9\.9\.9"/);
  assert.deepEqual(await cache.spec(), first);
  assert.equal(Deno.readTextFileSync(module!), text);
});

for (
  const [what, damage] of [
    ["cut short", (text: string) => text.slice(0, text.length / 2)],
    ["empty", () => ""],
    ["something else", () => "throw new Error('other')"],
  ] as const
) {
  Deno.test(`a module that is ${what} is written again`, async () => {
    using cache = new Cache();
    await cache.run(["--version"]);
    const [module] = cache.modules();
    const whole = Deno.readTextFileSync(module!);
    Deno.writeTextFileSync(module!, damage(whole));
    const { shown, code } = await cache.run(["--version"]);
    assert.deepEqual([shown, code], ["2.3.0\n", 0]);
    assert.equal(Deno.readTextFileSync(module!), whole);
  });
}

Deno.test("without a place for it, nothing is kept and nothing said", async () => {
  using cache = new Cache();
  await cache.run(["--version"]); // the launcher needs its folder
  Deno.removeSync(`${cache.path}/cache/code`, { recursive: true });
  Deno.writeTextFileSync(`${cache.path}/cache/code`, "no folder");
  const { shown, code } = await cache.run(["--version"]);
  assert.deepEqual([shown, code], ["2.3.0\n", 0]);
});

Deno.test({
  name:
    "in the folder of somebody else nothing is kept, and nothing of it is run",
  ignore: Deno.uid() !== 0, // only root can give a folder away
  async fn() {
    using cache = new Cache();
    await cache.spec();
    const [module] = cache.modules();
    Deno.writeTextFileSync(
      module!,
      "console.log('run'); export const files = {}",
    );
    Deno.chownSync(`${cache.path}/cache`, 65534, null);
    const { shown } = await cache.spec();
    assert.ok(!shown.includes("run\n"), shown);
    assert.match(Deno.readTextFileSync(module!), /^console/);
  },
});

Deno.test("processes that keep code at the same time leave a whole module", async () => {
  using cache = new Cache();
  const runs = Array.from({ length: 4 }, () => cache.run(["--version"]));
  for (const { shown } of await Promise.all(runs)) {
    assert.equal(shown, "2.3.0\n");
  }
  const [module, ...others] = cache.modules();
  assert.deepEqual(others, []);
  changeVersion(module!);
  assert.equal((await cache.run(["--version"])).shown, "9.9.9\n");
});

Deno.test("what is kept of a checkout that is gone is removed", async () => {
  using cache = new Cache();
  const gone = `${cache.path}/cache/code/no such checkout/busted/lua`;
  Deno.mkdirSync(gone, { recursive: true });
  Deno.writeTextFileSync(`${gone}/harness.mjs`, "");
  await cache.spec();
  const modules = cache.modules();
  assert.equal(modules.length, 1);
  await cache.spec();
  assert.deepEqual(cache.modules(), modules);
});
