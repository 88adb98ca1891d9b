/**
 * Files of the mtev API in the cases that the conformance corpus does not
 * hold: odd names, full disks, missing rights, too many descriptors.
 */
import assert from "node:assert/strict";
import { createRuntime, type LuaValue } from "../../../mod.ts";
import { ROOT, run, TestFolder } from "../../support/luamtev.ts";

async function evaluate(
  source: string,
  ...args: string[]
): Promise<LuaValue[]> {
  await using runtime = await createRuntime({ args, stderr: () => {} });
  return await runtime.eval(source);
}

Deno.test("names with spaces and bytes above 127 work in all functions", async () => {
  using folder = new TestFolder();
  const result = await evaluate(
    `
    local dir = arg[1] .. "/a b\\n\\255\\128"
    assert(mtev.mkdir(dir, 493))
    local path = dir .. "/\\1 \\200.txt"
    local fd = assert(mtev.open(path, bit.bor(O_CREAT, O_WRONLY), 384))
    assert(mtev.write(fd, "12345") == 5)
    mtev.close(fd)
    local size = mtev.stat(path).size
    assert(mtev.chmod(path, 256) == 0)
    assert(mtev.realpath(path) == path)
    local names = mtev.readdir(dir, function(name) return name:sub(1, 1) ~= "." end)
    assert(mtev.mkdir_for_file(dir .. "/\\254/\\253/x", 493))
    assert(mtev.rmdir(dir .. "/\\254/\\253") and mtev.rmdir(dir .. "/\\254"))
    assert(mtev.unlink(path) and mtev.rmdir(dir))
    return size, #names, names[1]`,
    folder.path,
  );
  assert.deepEqual(result, [5, 1, "\x01 \xc8.txt"]);
});

Deno.test("names end at a NUL byte, as in C", async () => {
  using folder = new TestFolder();
  const [made] = await evaluate(
    `mtev.mkdir_for_file(arg[1] .. "/a/b\\0/c/d", 493)
    return mtev.stat(arg[1] .. "/a\\0nothing") ~= nil and mtev.stat(arg[1] .. "/a/b") == nil`,
    folder.path,
  );
  assert.equal(made, true);
});

Deno.test("write() reports a full device", async () => {
  assert.deepEqual(
    await evaluate(`
    local fd = mtev.open("/dev/full", O_WRONLY)
    local written, errno = mtev.write(fd, "x")
    mtev.close(fd)
    return written, errno`),
    [-1, 28],
  );
});

Deno.test("stat() tells sizes above 4 GiB and kinds", async () => {
  using folder = new TestFolder();
  Deno.writeTextFileSync(`${folder.path}/big`, "");
  Deno.truncateSync(`${folder.path}/big`, 5 * 2 ** 30);
  Deno.symlinkSync("nowhere", `${folder.path}/link`);
  assert.deepEqual(
    await evaluate(
      `local kind = function(path) return bit.band(mtev.stat(path).mode, 0xF000) end
      return mtev.stat(arg[1] .. "/big").size, kind(arg[1] .. "/link") == S_IFLNK,
        kind(arg[1]) == S_IFDIR, kind("/dev/null") == S_IFCHR, kind(arg[1] .. "/big") == S_IFREG,
        mtev.realpath(arg[1] .. "/link")`,
      folder.path,
    ),
    [5 * 2 ** 30, true, true, true, true, undefined],
  );
});

Deno.test("open() reports too many descriptors, and goes on when some are closed", async () => {
  using folder = new TestFolder();
  const path = folder.module(`
    function main()
      local fds = {}
      local fd, errno, text
      repeat
        fd, errno, text = mtev.open("/dev/null", O_RDONLY)
        fds[#fds + 1] = fd
      until fd < 0
      print(errno, text)
      print(mtev.readdir("/") == nil, mtev.lockfile_acquire(arg[1] .. ".lock"))
      for i = 1, 10 do mtev.close(fds[i]) end
      fd = mtev.open("/dev/null", O_RDONLY)
      print(fd >= 0, #mtev.readdir("/") > 2)
      os.exit(0)
    end`);
  const result = await run("/bin/sh", [
    "-c",
    'ulimit -n 200; exec "$0" "$@"',
    `${ROOT}bin/luamtev`,
    path,
  ]);
  assert.deepEqual(result, {
    code: 0,
    signal: null,
    stdout: "24\tToo many open files\ntrue\t-1\ntrue\ttrue\n",
    stderr: "",
  });
});

/** Takes from root what lets it into every folder; nobody else needs it. */
const WITHOUT_RIGHTS = [
  "setpriv",
  "--bounding-set=-dac_override,-dac_read_search",
];
const RIGHTS_STAY = Deno.uid() === 0 && !canRun([...WITHOUT_RIGHTS, "true"])
  ? " (skipped: root, and no setpriv to take its rights)"
  : "";

function canRun([command, ...args]: string[]): boolean {
  try {
    return new Deno.Command(command!, { args }).outputSync().success;
  } catch {
    return false;
  }
}

Deno.test({
  name: `folders without permission are reported${RIGHTS_STAY}`,
  ignore: RIGHTS_STAY !== "",
  async fn() {
    using folder = new TestFolder();
    const closed = `${folder.path}/closed`;
    Deno.mkdirSync(closed, { mode: 0 });
    const path = folder.module(`
      function main()
        local closed = ${JSON.stringify(closed)}
        print(select("#", mtev.readdir(closed)), mtev.readdir(closed))
        print(mtev.mkdir(closed .. "/x", 493))
        print(mtev.mkdir_for_file(closed .. "/x/y", 493))
        print(mtev.stat(closed .. "/x"))
        print(mtev.open(closed .. "/new", bit.bor(O_CREAT, O_WRONLY), 420))
        print(mtev.lockfile_acquire(closed .. "/lock"), mtev.realpath(closed .. "/x"))
        os.exit(0)
      end`);
    const words = Deno.uid() === 0 ? WITHOUT_RIGHTS : [];
    const [command, ...args] = [...words, `${ROOT}bin/luamtev`, path];
    const denied = "\t13\tPermission denied\n";
    assert.deepEqual(await run(command!, args), {
      code: 0,
      signal: null,
      stdout: `1\tnil\nfalse${denied}false${denied}nil${denied}-1${denied}` +
        "-1\tnil\n",
      stderr: "",
    });
  },
});
