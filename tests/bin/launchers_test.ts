import {
  deepStrictEqual,
  doesNotMatch,
  match,
  ok,
  strictEqual,
} from "node:assert/strict";
import { exists, withLauncher } from "./launcher_fixture.ts";

const DEPENDENCIES = "luamtev: fetching the locked npm dependencies (once)\n";

Deno.test(
  "bin/luamtev uses the deno on PATH and leaves arguments alone",
  withLauncher(async (fixture) => {
    fixture.linkDeno(`${fixture.tools}/deno`);
    const args = [
      "a b",
      "",
      "*",
      "-x",
      "--",
      "$HOME",
      "new\nline",
      "--version",
    ];
    const run = await fixture.run(args);
    strictEqual(run.err, DEPENDENCIES);
    const told = JSON.parse(run.out);
    deepStrictEqual(told.args, args);
    strictEqual(told.cwd, fixture.folder);
    strictEqual(told.pid, run.pid);
  }),
);

Deno.test(
  "bin/mtev-busted starts its own program",
  withLauncher(async (fixture) => {
    fixture.linkDeno(`${fixture.tools}/deno`);
    Deno.writeTextFileSync(
      `${fixture.root}/cli/mtev_busted.ts`,
      'console.log("busted", Deno.args)',
    );
    const run = await fixture.run(["x"], {
      launcher: `${fixture.root}/bin/mtev-busted`,
    });
    strictEqual(run.out, 'busted [ "x" ]\n');
  }),
);

Deno.test(
  "bin/test runs the suite in the package's folder with the arguments",
  withLauncher(async (fixture) => {
    fixture.linkDeno(`${fixture.tools}/deno`);
    Deno.mkdirSync(`${fixture.root}/tools`);
    Deno.writeTextFileSync(
      `${fixture.root}/tools/run_tests.ts`,
      "console.log(Deno.cwd(), Deno.args); Deno.exit(3);",
    );
    const launcher = `${fixture.root}/bin/test`;
    const run = await fixture.run(["a b"], { launcher, cwd: "/" });
    strictEqual(run.out, `${fixture.root} [ "a b" ]\n`);
    strictEqual(run.code, 3);
  }),
);

Deno.test(
  "bin/luamtev leaves the environment alone",
  withLauncher(async (fixture) => {
    fixture.linkDeno(`${fixture.tools}/deno`);
    const env = {
      deno: "1",
      root: "2",
      self: "3",
      CDPATH: "/",
      name: "4",
      DENO_NO_UPDATE_CHECK: "5",
      DENO_DISABLE_NODE_SHIM: "true",
    };
    await fixture.run();
    const told = JSON.parse((await fixture.run([], { env })).out).env;
    for (const added of ["PWD", "OLDPWD", "_", "SHLVL"]) delete told[added];
    const kept = { HOME: fixture.home, PATH: fixture.tools };
    deepStrictEqual(told, { ...env, ...kept, LUAMTEV_UNSET: "LUAMTEV_UNSET" });
    const set = JSON.parse((await fixture.run()).out).env;
    for (const name of set.LUAMTEV_UNSET.split(" ")) delete set[name];
    for (const added of ["PWD", "OLDPWD", "_", "SHLVL"]) delete set[added];
    deepStrictEqual(set, kept);
  }),
);

Deno.test(
  "bin/luamtev works through symlinks, relative ones too, and with any shell",
  withLauncher(async (fixture) => {
    fixture.linkDeno(`${fixture.tools}/deno`);
    Deno.mkdirSync(`${fixture.folder}/links`);
    Deno.symlinkSync(
      "../lib/package/bin/luamtev",
      `${fixture.folder}/links/one`,
    );
    Deno.symlinkSync("links/one", `${fixture.folder}/two`);
    const linked = await fixture.run(["x"], {
      launcher: `${fixture.folder}/two`,
      cwd: "/",
    });
    deepStrictEqual(JSON.parse(linked.out).args, ["x"]);
    for (
      const shell of [
        "cd lib/package/bin && sh luamtev x",
        "cd lib/package && bin/luamtev x",
        "PATH=$PATH:$PWD/lib/package/bin; luamtev x",
      ]
    ) {
      const run = await fixture.run([], { shell });
      deepStrictEqual(JSON.parse(run.out).args, ["x"], shell);
    }
  }),
);

Deno.test(
  "bin/luamtev hands over exit status and signals",
  withLauncher(async (fixture) => {
    fixture.linkDeno(`${fixture.tools}/deno`);
    strictEqual((await fixture.run(["exit"])).code, 7);
    strictEqual((await fixture.run(["kill"])).signal, "SIGTERM");
  }),
);

Deno.test(
  "bin/luamtev passes over a deno that is too old, broken or a folder",
  withLauncher(async (fixture) => {
    fixture.script(`${fixture.tools}/deno`, 'echo "2.8.3 /nowhere/deno"');
    fixture.script(
      `${fixture.root}/node_modules/@deno/other-system/deno`,
      "exit 1",
    );
    Deno.mkdirSync(`${fixture.root}/node_modules/deno/deno`, {
      recursive: true,
    });
    fixture.linkDeno(`${fixture.folder}/lib/node_modules/@deno/here/deno`);
    const run = await fixture.run(["x"]);
    strictEqual(run.err, DEPENDENCIES);
    deepStrictEqual(JSON.parse(run.out).args, ["x"]);
  }),
);

for (const above of ["lib/package", "lib", "."]) {
  for (const place of ["@deno/here/deno", "deno/deno"]) {
    Deno.test(
      `bin/luamtev finds ${above}/node_modules/${place}`,
      withLauncher(async (fixture) => {
        fixture.linkDeno(`${fixture.folder}/${above}/node_modules/${place}`);
        const run = await fixture.run(["x"]);
        strictEqual(run.err, DEPENDENCIES);
        deepStrictEqual(JSON.parse(run.out).args, ["x"]);
      }),
    );
  }
}

Deno.test(
  "bin/luamtev fetches a pinned deno once, and says so",
  withLauncher(async (fixture) => {
    fixture.fakeNpm();
    const first = await fixture.run(["x"]);
    const cache = `${fixture.home}/.cache/luamtev`;
    strictEqual(
      first.err,
      `luamtev: fetching deno 2.9.6 through npm into ${cache} (once)\n${DEPENDENCIES}`,
    );
    deepStrictEqual(JSON.parse(first.out).args, ["x"]);
    Deno.removeSync(`${fixture.tools}/npm`);
    const second = await fixture.run(["y"]);
    strictEqual(second.err, "");
    deepStrictEqual(JSON.parse(second.out).args, ["y"]);
    strictEqual(fixture.npmCalls().length, 1);
    match(fixture.npmCalls()[0] ?? "", / deno@2\.9\.6$/);
    const left = [...Deno.readDirSync(cache)].map((entry) => entry.name).sort();
    deepStrictEqual(left, ["deno-2.9.6", "launch"]);
  }),
);

Deno.test(
  "bin/luamtev keeps the fetched deno in LUAMTEV_CACHE, else XDG_CACHE_HOME",
  withLauncher(async (fixture) => {
    fixture.fakeNpm();
    const xdg = `${fixture.folder}/x d g`;
    await fixture.run([], { env: { XDG_CACHE_HOME: xdg } });
    ok(exists(`${xdg}/luamtev/deno-2.9.6`));
    const own = `${fixture.folder}/own`;
    await fixture.run([], { env: { XDG_CACHE_HOME: xdg, LUAMTEV_CACHE: own } });
    ok(exists(`${own}/deno-2.9.6`));
  }),
);

Deno.test(
  "bin/luamtev survives first runs at the same time",
  withLauncher(async (fixture) => {
    fixture.fakeNpm();
    const runs = await Promise.all(
      Array.from({ length: 6 }, (_, at) => fixture.run([`${at}`])),
    );
    for (const [at, run] of runs.entries()) {
      deepStrictEqual(JSON.parse(run.out).args, [`${at}`], run.err);
    }
    const cache = `${fixture.home}/.cache/luamtev`;
    const left = [...Deno.readDirSync(cache)].map((entry) => entry.name).sort();
    deepStrictEqual(left, ["deno-2.9.6", "launch"]);
    const inside = [...Deno.readDirSync(`${cache}/deno-2.9.6`)].map((entry) =>
      entry.name
    );
    deepStrictEqual(inside.filter((name) => name.startsWith("fetch.")), []);
  }),
);

async function failure(
  fixture: Parameters<Parameters<typeof withLauncher>[0]>[0],
  env = {},
): Promise<string> {
  const run = await fixture.run([], { env });
  strictEqual(run.code, 1);
  strictEqual(run.out, "");
  return run.err;
}

Deno.test(
  "bin/luamtev says what to do without deno and npm",
  withLauncher(async (fixture) => {
    strictEqual(
      await failure(fixture),
      "luamtev: found neither deno 2.9 or newer nor npm to fetch it with: install either of them\n",
    );
  }),
);

Deno.test(
  "bin/luamtev says that npm failed, with npm's own words, and leaves nothing",
  withLauncher(async (fixture) => {
    fixture.script(
      `${fixture.tools}/npm`,
      'echo "npm error code ENOTFOUND" >&2; exit 1',
    );
    const err = await failure(fixture);
    match(
      err,
      /\nnpm error code ENOTFOUND\nluamtev: npm could not fetch deno@2\.9\.6: check the network and npm's registry\n$/,
    );
    deepStrictEqual(
      [...Deno.readDirSync(`${fixture.home}/.cache/luamtev`)],
      [],
    );
  }),
);

Deno.test(
  "bin/luamtev says that the fetched deno does not run",
  withLauncher(async (fixture) => {
    fixture.script(`${fixture.tools}/npm`, ":");
    match(
      await failure(fixture),
      /\nluamtev: npm fetched a deno@2\.9\.6 that does not run on this machine\n$/,
    );
  }),
);

Deno.test(
  "bin/luamtev says that the cache cannot be written",
  withLauncher(async (fixture) => {
    fixture.fakeNpm();
    // Under a file rather than read-only, since root may write anywhere.
    Deno.writeTextFileSync(`${fixture.folder}/file`, "");
    const cache = `${fixture.folder}/file/cache`;
    strictEqual(
      await failure(fixture, { LUAMTEV_CACHE: cache }),
      `luamtev: cannot write the cache folder '${cache}': set LUAMTEV_CACHE to another one\n`,
    );
    match(
      await failure(fixture, { HOME: "" }),
      /^luamtev: cannot keep a deno for later runs: set HOME or LUAMTEV_CACHE/,
    );
  }),
);

Deno.test(
  "bin/luamtev runs with a deno at hand when its own cache cannot be written",
  withLauncher(async (fixture) => {
    fixture.linkDeno(`${fixture.tools}/deno`);
    Deno.writeTextFileSync(`${fixture.folder}/file`, "");
    const env = { LUAMTEV_CACHE: `${fixture.folder}/file/cache` };
    for (const arg of ["x", "y"]) {
      const run = await fixture.run([arg], { env });
      deepStrictEqual(JSON.parse(run.out).args, [arg], run.err);
    }
  }),
);

Deno.test(
  "bin/luamtev says that the locked dependencies cannot be fetched",
  withLauncher(async (fixture) => {
    fixture.linkDeno(`${fixture.tools}/deno`);
    Deno.writeTextFileSync(
      `${fixture.root}/deno.json`,
      '{"imports":{"x":"npm:x@1.0.0"},"lock":{"frozen":true}}',
    );
    match(
      await failure(fixture, { NPM_CONFIG_REGISTRY: "http://127.0.0.1:1/" }),
      /\nerror: [^]*\nluamtev: deno could not fetch the locked npm dependencies: check the network and npm\'s registry\n$/,
    );
  }),
);

Deno.test(
  "bin/luamtev remembers its verdict on a deno until that deno changes",
  withLauncher(async (fixture) => {
    const deno = `${fixture.tools}/deno`;
    const log = `${fixture.home}/calls`;
    fixture.script(
      deno,
      `echo "$1" >>'${log}'; exec '${Deno.execPath()}' "$@"`,
    );
    await fixture.run();
    const asked = Deno.readTextFileSync(log);
    match(asked, /^eval\n/);
    doesNotMatch(asked, /run/);
    strictEqual((await fixture.run(["exit"])).code, 7);
    strictEqual(Deno.readTextFileSync(log), asked);
    fixture.script(deno, `echo again >>'${log}'; echo "1.0.0 /nowhere"`);
    match(await failure(fixture), /found neither deno/);
    strictEqual(Deno.readTextFileSync(log), `${asked}again\n`);
  }),
);

Deno.test(
  "bin/luamtev fetches again when the lock file changes or deno's cache is emptied",
  withLauncher(async (fixture) => {
    fixture.linkDeno(`${fixture.tools}/deno`);
    strictEqual((await fixture.run()).err, DEPENDENCIES);
    strictEqual((await fixture.run()).err, "");
    Deno.writeTextFileSync(`${fixture.root}/deno.lock`, '{ "version": "5" }');
    strictEqual((await fixture.run()).err, DEPENDENCIES);
    Deno.removeSync(`${fixture.home}/.cache/deno`, { recursive: true });
    strictEqual((await fixture.run()).err, DEPENDENCIES);
    strictEqual((await fixture.run()).err, "");
  }),
);

const LIMITS: readonly [set: string, least: number][] = [
  ["ulimit -s 1024", 5_000],
  ["ulimit -s 8192", 50_000],
  ["ulimit -S -s 1024", 5_000],
  ["ulimit -S -s 8192", 50_000],
  ["ulimit -s 10000", 50_000],
  ["ulimit -s 20000", 50_000],
  ["ulimit -S -s unlimited 2>/dev/null", 50_000],
  [
    "ulimit -s 8192; big=$(head -c 100000 /dev/zero | tr '\\0' x); set -- depth $big $big $big $big",
    50_000,
  ],
];
for (const [set, least] of LIMITS) {
  Deno.test(
    `bin/luamtev ends a deep recursion with a RangeError under ${set}`,
    withLauncher(async (fixture) => {
      fixture.linkDeno(`${fixture.tools}/deno`);
      const run = await fixture.run(["depth"], {
        shell: `${set}; exec "$0" "$@"`,
      });
      strictEqual(run.signal, null);
      strictEqual(run.code, 0, run.err);
      ok(Number(run.out) >= least, `${run.out} frames, want ${least}`);
    }),
  );
}

Deno.test(
  "bin/luamtev refuses a stack in which deno cannot run",
  withLauncher(async (fixture) => {
    fixture.linkDeno(`${fixture.tools}/deno`);
    await fixture.run();
    const run = await fixture.run([], { shell: 'ulimit -s 300; exec "$0"' });
    strictEqual(run.code, 1);
    strictEqual(
      run.err,
      "luamtev: the stack is limited to 300 KB and deno needs 512: raise 'ulimit -s'\n",
    );
  }),
);
