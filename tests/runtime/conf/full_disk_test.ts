/** A disk that is full while a configuration is written: nothing is lost. */
import { ok, strictEqual } from "node:assert/strict";
import { Configuration } from "../../../runtime/conf/configuration.ts";
import { loadXmlLibrary } from "../../../runtime/xml/library.ts";
import { TestFolder } from "../../support/luamtev.ts";

const library = await loadXmlLibrary();

async function system(command: string, ...args: string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(command, {
      args,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Empty where a file system can be mounted, else why the test is skipped. */
async function reasonNotToMount(): Promise<string> {
  const place = Deno.makeTempDirSync();
  try {
    if (await mount(place)) {
      await system("umount", place);
      return "";
    }
    return " (skipped: mount is refused)";
  } finally {
    Deno.removeSync(place);
  }
}

function mount(place: string): Promise<boolean> {
  return system("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place);
}

const REASON = await reasonNotToMount();

Deno.test({
  name: "a full disk during write-back loses nothing" + REASON,
  ignore: REASON !== "",
}, async () => {
  using folder = new TestFolder();
  const disk = `${folder.path}/disk`;
  Deno.mkdirSync(disk);
  ok(await mount(disk));
  try {
    const main = "<m><a>1</a></m>";
    folder.write("disk/main.conf", main);
    const reports: string[] = [];
    using configuration = new Configuration(
      library,
      { path: `${disk}/main.conf` },
      (_, line) => reports.push(line),
    );
    ok(configuration.set("/m/a", "x".repeat(100_000)));
    strictEqual(reports.length, 1);
    strictEqual(
      reports[0],
      `cannot write ${disk}/main.conf.tmp: No space left on device`,
    );
    strictEqual(Deno.readTextFileSync(`${disk}/main.conf`), main);
    strictEqual([...Deno.readDirSync(disk)].length, 1);
    // It goes on once there is room.
    ok(configuration.set("/m/a", "2"));
    ok(
      Deno.readTextFileSync(`${disk}/main.conf`).includes("<a>2</a>"),
    );
  } finally {
    ok(await system("umount", disk));
  }
});
