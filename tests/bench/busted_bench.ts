/**
 * `deno task bench:busted`: how long suites take with bin/mtev-busted, in one
 * process and in two, beside Debian's busted on LuaJIT. One suite is a file of
 * 10,000 trivial tests, the other has 200 files of ten tests. Prints the best
 * of some runs by the clock, and ratios; a program that is missing is left out.
 */
import { fileURLToPath } from "node:url";

const ROUNDS = 3;
const launcher = fileURLToPath(
  new URL("../../bin/mtev-busted", import.meta.url),
);

const BIG = `for b = 1, 100 do
  describe('block ' .. b, function()
    for i = 1, 100 do
      it('test ' .. i, function() assert.equal(i, i) end)
    end
  end)
end
`;

const SMALL = `describe('file', function()
  local x
  before_each(function() x = 1 end)
  for i = 1, 10 do
    it('test ' .. i, function() assert.equal(1, x) assert.is_true(x > 0) end)
  end
end)
`;

const PROGRAMS: Record<string, readonly string[]> = {
  "busted on luajit": ["luajit", "/usr/bin/busted"],
  "mtev-busted": [launcher],
  "mtev-busted -j2": [launcher, "-j2"],
};

function suite(files: Record<string, string>): string {
  const folder = Deno.makeTempDirSync();
  Deno.mkdirSync(`${folder}/spec`);
  for (const [name, text] of Object.entries(files)) {
    Deno.writeTextFileSync(`${folder}/spec/${name}_spec.lua`, text);
  }
  return folder;
}

/** Milliseconds, or nothing when the program is not there. */
async function time(
  [program, ...args]: readonly string[],
  cwd: string,
): Promise<number | undefined> {
  let best: number | undefined;
  for (let i = 0; i < ROUNDS; i++) {
    const start = performance.now();
    try {
      const { success } = await new Deno.Command(program!, {
        args: [...args, "-o", "TAP"],
        cwd,
        stdout: "null",
      }).output();
      if (!success) return undefined;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
    best = Math.min(best ?? Infinity, performance.now() - start);
  }
  return best;
}

const suites = {
  "10,000 tests in a file": suite({ big: BIG }),
  "200 files of ten tests": suite(
    Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`f${i}`, SMALL])),
  ),
};
for (const [name, folder] of Object.entries(suites)) {
  console.log(name);
  let reference: number | undefined;
  for (const [program, words] of Object.entries(PROGRAMS)) {
    const ms = await time(words, folder);
    if (ms === undefined) {
      console.log(`  ${program}: not there, or it failed`);
      continue;
    }
    reference ??= ms;
    const ratio = (reference / ms).toFixed(2);
    console.log(`  ${program}: ${ms.toFixed(0)} ms, ${ratio}x as fast`);
  }
  Deno.removeSync(folder, { recursive: true });
}
