/** Calls on descriptors against the real kernel. */
import assert from "node:assert/strict";
import {
  EAGAIN,
  EBADF,
  F_GETFD,
  F_GETFL,
  FD_CLOEXEC,
  O_NONBLOCK,
} from "../../../runtime/posix/constants.ts";
import {
  close,
  duplicate,
  fcntl,
  isTerminal,
  openDescriptors,
  pipe,
  read,
  setNonblocking,
  write,
} from "../../../runtime/posix/descriptors.ts";
import { errno } from "../../../runtime/posix/libc.ts";
import { PosixError } from "../../../runtime/posix/posix_error.ts";

function withPipe(
  body: (ends: { readFd: number; writeFd: number }) => void,
): void {
  const ends = pipe();
  try {
    body(ends);
  } finally {
    close(ends.readFd);
    close(ends.writeFd);
  }
}

Deno.test("read() gets what write() put, then EAGAIN", () => {
  withPipe(({ readFd, writeFd }) => {
    assert.equal(write(writeFd, new Uint8Array([1, 2, 3, 4]), 3), 3);
    const bytes = new Uint8Array(8);
    assert.equal(read(readFd, bytes), 3);
    assert.deepEqual([...bytes], [1, 2, 3, 0, 0, 0, 0, 0]);
    const result = read(readFd, bytes);
    const number = errno();
    assert.equal(result, -1);
    assert.equal(number, EAGAIN);
  });
});

Deno.test("read() gives 0 at the end", () => {
  const { readFd, writeFd } = pipe();
  close(writeFd);
  assert.equal(read(readFd, new Uint8Array(1)), 0);
  close(readFd);
});

Deno.test("read() and write() never run past the buffer", () => {
  assert.throws(() => read(0, new Uint8Array(2), 3), {
    name: "RangeError",
    message: "Cannot read 3 bytes: the buffer holds 2",
  });
  assert.throws(() => write(1, new Uint8Array(2), 3), RangeError);
});

Deno.test("read() and write() respect where a view begins and ends", () => {
  withPipe(({ readFd, writeFd }) => {
    const bytes = new Uint8Array([9, 1, 2, 9]);
    assert.equal(write(writeFd, bytes.subarray(1, 3)), 2);
    const target = new Uint8Array(4);
    assert.equal(read(readFd, target.subarray(1, 3)), 2);
    assert.deepEqual([...target], [0, 1, 2, 0]);
  });
});

Deno.test("errno() is right over many failures with garbage around", () => {
  let wrong = 0;
  let garbage: unknown[] = [];
  const bytes = new Uint8Array(1);
  for (let round = 0; round < 100_000; round++) {
    const result = read(-1, bytes);
    const number = errno();
    if (result !== -1 || number !== EBADF) wrong++;
    garbage.push({ round });
    if (garbage.length > 1000) garbage = [];
  }
  assert.equal(wrong, 0);
});

Deno.test("close() of a closed descriptor gives EBADF", () => {
  const { readFd, writeFd } = pipe();
  assert.equal(close(readFd), 0);
  assert.equal(close(writeFd), 0);
  const result = close(writeFd);
  const number = errno();
  assert.equal(result, -1);
  assert.equal(number, EBADF);
});

Deno.test("pipe() is nonblocking and closed on exec unless told otherwise", () => {
  withPipe(({ readFd, writeFd }) => {
    for (const fd of [readFd, writeFd]) {
      assert.equal(fcntl(fd, F_GETFL, 0) & O_NONBLOCK, O_NONBLOCK);
      assert.equal(fcntl(fd, F_GETFD, 0), FD_CLOEXEC);
    }
  });
  const blocking = pipe({ nonblocking: false });
  assert.equal(fcntl(blocking.readFd, F_GETFL, 0) & O_NONBLOCK, 0);
  close(blocking.readFd);
  close(blocking.writeFd);
});

Deno.test("setNonblocking() sets and clears", () => {
  withPipe(({ readFd }) => {
    setNonblocking(readFd, false);
    assert.equal(fcntl(readFd, F_GETFL, 0) & O_NONBLOCK, 0);
    setNonblocking(readFd, true);
    assert.equal(fcntl(readFd, F_GETFL, 0) & O_NONBLOCK, O_NONBLOCK);
  });
});

Deno.test("duplicate() shares the open file and is closed on exec", () => {
  withPipe(({ readFd, writeFd }) => {
    const copy = duplicate(readFd);
    assert.notEqual(copy, readFd);
    assert.equal(fcntl(copy, F_GETFD, 0), FD_CLOEXEC);
    write(writeFd, new Uint8Array([7]));
    const bytes = new Uint8Array(1);
    assert.equal(read(copy, bytes), 1);
    assert.equal(bytes[0], 7);
    close(copy);
  });
});

Deno.test("duplicate() of nothing throws a PosixError", () => {
  assert.throws(() => duplicate(-1), (error) => {
    assert.ok(error instanceof PosixError);
    assert.equal(error.errno, EBADF);
    assert.equal(
      error.message,
      "Cannot fcntl descriptor -1: Bad file descriptor (EBADF)",
    );
    return true;
  });
});

Deno.test("isTerminal() is false for a pipe and for nothing", () => {
  withPipe(({ readFd }) => assert.equal(isTerminal(readFd), false));
  assert.equal(isTerminal(-1), false);
});

Deno.test("isTerminal() is true for a terminal", async () => {
  // `script` runs the program on a terminal of its own.
  const source = `
    import { isTerminal } from ${
    JSON.stringify(import.meta.resolve("../../../runtime/posix/descriptors.ts"))
  };
    console.log("terminal", isTerminal(1));
  `;
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(file, source);
  const command =
    `'${Deno.execPath()}' run -A --no-check --no-config --no-lock '${file}'`;
  const { stdout } = await new Deno.Command("script", {
    args: ["-qec", command, "/dev/null"],
    stdin: "null",
    stdout: "piped",
  }).output();
  await Deno.remove(file);
  assert.match(new TextDecoder().decode(stdout), /terminal .*true/);
});

Deno.test("openDescriptors() sees what is opened and closed", () => {
  const { readFd, writeFd } = pipe();
  const open = openDescriptors();
  assert.match(open.get(readFd) ?? "", /^pipe:/);
  assert.match(open.get(writeFd) ?? "", /^pipe:/);
  close(readFd);
  close(writeFd);
  assert.doesNotMatch(openDescriptors().get(readFd) ?? "", /^pipe:\[closed\]/);
  withPipe((again) => assert.equal(again.readFd, readFd));
});
