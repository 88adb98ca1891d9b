/** Lock files between real processes. */
import assert from "node:assert/strict";
import {
  acquireLockFile,
  releaseLockFile,
} from "../../../runtime/files/lock_file.ts";
import { EAGAIN, EBADF, ENOENT } from "../../../runtime/posix/constants.ts";
import { TestFolder } from "../../support/luamtev.ts";

/** Tries to lock a file in another process; gives what `acquireLockFile` gave. */
async function acquireElsewhere(path: string): Promise<number> {
  const module = new URL(
    "../../../runtime/files/lock_file.ts",
    import.meta.url,
  );
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `import { acquireLockFile } from ${JSON.stringify(module.href)};
      console.log(acquireLockFile(${JSON.stringify(path)}));`,
    ],
  }).output();
  return Number(new TextDecoder().decode(stdout));
}

Deno.test("a lock file keeps other processes out until it is released", async () => {
  using folder = new TestFolder();
  const path = `${folder.path}/lock`;
  const fd = acquireLockFile(path);
  assert.ok(fd >= 0);
  assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
  assert.equal(await acquireElsewhere(path), -EAGAIN);
  assert.equal(releaseLockFile(fd), 0);
  assert.ok(await acquireElsewhere(path) >= 0);
});

Deno.test("acquireLockFile() and releaseLockFile() report what the kernel says", () => {
  assert.equal(acquireLockFile("/nonexistent/lock"), -ENOENT);
  assert.equal(releaseLockFile(-1), -EBADF);
});
