/**
 * Records the goldens of golden_test.ts: runs the Lua programs beside this
 * file with `luajit` and stores what they print. For maintainers:
 * `deno run -A tests/lua/stdlib/record_goldens.ts [name.lua …]`.
 */
import { fileURLToPath } from "node:url";
import { zonesOf } from "./zones.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const programs = Deno.args.length > 0
  ? Deno.args
  : [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.endsWith(".lua"));

for (const program of programs) {
  const golden = folder + program.replace(/lua$/, "out");
  Deno.writeFileSync(golden, new Uint8Array());
  for (const zone of zonesOf(program)) {
    const { stdout, stderr, success } = await new Deno.Command("luajit", {
      args: [program],
      cwd: folder,
      env: { TZ: zone },
      stdin: "null",
    }).output();
    if (!success) {
      console.error(new TextDecoder().decode(stderr));
      Deno.exit(1);
    }
    Deno.writeFileSync(golden, stdout, { append: true });
  }
}
