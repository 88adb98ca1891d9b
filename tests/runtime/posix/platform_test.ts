/** The descriptions of platforms, and what happens where there is none. */
import assert from "node:assert/strict";
import { platform, platformName } from "../../../runtime/posix/platform.ts";
import { linuxArm64 } from "../../../runtime/posix/linux_aarch64.ts";
import { linuxX64 } from "../../../runtime/posix/linux_x86_64.ts";
import { runProgram } from "../../support/eventer.ts";

Deno.test("platform is the running one", () => {
  assert.equal(platformName, `${Deno.build.os}-${Deno.build.arch}`);
  assert.equal(
    platform,
    { x86_64: linuxX64, aarch64: linuxArm64 }[Deno.build.arch],
  );
});

Deno.test("epoll_event is packed on x86_64 only", () => {
  assert.deepEqual(linuxX64.epollEvent, { words: 3, events: 0, data: 1 });
  assert.deepEqual(linuxArm64.epollEvent, { words: 4, events: 0, data: 2 });
});

Deno.test("on an unknown platform importing works and calling says why not", async () => {
  const { code, stdout, stderr } = await runProgram(`
    Object.defineProperty(Deno, "build", {
      value: { ...Deno.build, os: "plan9", arch: "mips" },
    });
    const { close } = await import("project:runtime/posix/descriptors.ts");
    const { EAGAIN, O_NONBLOCK } = await import("project:runtime/posix/constants.ts");
    console.log(EAGAIN, O_NONBLOCK);
    try { close(3); } catch (error) { console.log(error.name + ": " + error.message); }
  `);
  assert.equal(stderr, "");
  assert.equal(
    stdout,
    "-1 -1\nNotSupported: Cannot use the operating system's calls on plan9-mips: " +
      "supported are linux-aarch64 and linux-x86_64\n",
  );
  assert.equal(code, 0);
});
