import assert from "node:assert/strict";
import { FileSink } from "../../../runtime/log/file_sink.ts";
import { PosixError } from "../../../runtime/posix/posix_error.ts";
import { withFolder } from "../../support/folder.ts";

function open(path: string, type: "file" | "file_synch" = "file") {
  const complaints: string[] = [];
  const sink = new FileSink(path, type, (text) => complaints.push(text));
  return { sink, complaints };
}

function read(path: string): string {
  return Deno.readTextFileSync(path);
}

Deno.test("a file sink appends", () =>
  withFolder((folder) => {
    const path = `${folder}/a.log`;
    Deno.writeTextFileSync(path, "old\n");
    const { sink } = open(path);
    assert.equal(sink.size, 4);
    sink.write("new\n");
    assert.equal(sink.size, 8);
    sink[Symbol.dispose]();
    sink.write("too late\n");
    sink[Symbol.dispose]();
    assert.equal(read(path), "old\nnew\n");
  }));

Deno.test("a file sink cannot be made where no file can be", () =>
  withFolder((folder) => {
    for (
      const [path, code] of [
        [`${folder}/none/a.log`, "ENOENT"],
        [folder, "EISDIR"],
      ] as const
    ) {
      assert.throws(
        () => open(path),
        (error) => error instanceof PosixError && error.code === code,
      );
    }
  }));

Deno.test("a file sink survives a full disk, and says so once", () => {
  const { sink, complaints } = open("/dev/full");
  for (let i = 0; i < 3; i++) sink.write("x\n");
  sink[Symbol.dispose]();
  assert.deepEqual(complaints, [
    "cannot write log file /dev/full: No space left on device",
  ]);
});

Deno.test("a file sink says how much was lost when it can write again", () =>
  withFolder((folder) => {
    const path = `${folder}/a.log`;
    Deno.symlinkSync("/dev/full", path);
    const { sink, complaints } = open(path);
    for (let i = 0; i < 3; i++) sink.write("lost\n");
    Deno.removeSync(path);
    sink.reopen();
    sink.write("kept\n");
    sink[Symbol.dispose]();
    assert.equal(read(path), "kept\n");
    assert.deepEqual(complaints.slice(1), [
      `log file ${path} can be written again; 3 messages were lost`,
    ]);
  }));

Deno.test("FileSink.reopen() follows a file that was moved", () =>
  withFolder((folder) => {
    const path = `${folder}/a.log`;
    const { sink } = open(path);
    sink.write("1\n");
    sink.reopen();
    sink.write("2\n");
    Deno.renameSync(path, `${path}.old`);
    sink.write("3\n");
    sink.reopen();
    sink.write("4\n");
    sink[Symbol.dispose]();
    assert.equal(read(`${path}.old`), "1\n2\n3\n");
    assert.equal(read(path), "4\n");
  }));

Deno.test("a file sink goes on where its folder disappears and comes back", () =>
  withFolder((folder) => {
    Deno.mkdirSync(`${folder}/logs`);
    const path = `${folder}/logs/a.log`;
    const { sink, complaints } = open(path);
    sink.write("1\n");
    Deno.renameSync(`${folder}/logs`, `${folder}/gone`);
    for (let i = 0; i < 3; i++) {
      sink.reopen();
      sink.write("2\n");
      assert.equal(sink.rotate(100), false);
    }
    Deno.mkdirSync(`${folder}/logs`);
    sink.reopen();
    sink.write("3\n");
    sink[Symbol.dispose]();
    assert.equal(read(`${folder}/gone/a.log`), "1\n2\n2\n2\n");
    assert.equal(read(path), "3\n");
    assert.deepEqual(complaints, [
      `cannot open log file ${path}: No such file or directory; lines go on into the old one`,
    ]);
  }));

const isSuperuser = Deno.uid() === 0;

Deno.test({
  name: "a file that is made anew belongs to whom the old one did" +
    (isSuperuser ? "" : " (skipped: only the superuser can give files away)"),
  ignore: !isSuperuser,
  fn: () =>
    withFolder((folder) => {
      const path = `${folder}/a.log`;
      Deno.writeTextFileSync(path, "");
      Deno.chownSync(path, 1234, 4321);
      const { sink } = open(path);
      sink.rotate(1000);
      sink[Symbol.dispose]();
      const { uid, gid } = Deno.statSync(path);
      assert.deepEqual([uid, gid], [1234, 4321]);
    }),
});

Deno.test("FileSink.rotate() never overwrites a file that was moved aside", () =>
  withFolder((folder) => {
    const path = `${folder}/a.log`;
    const { sink } = open(path);
    for (const text of ["1\n", "2\n", "3\n"]) {
      sink.write(text);
      assert.equal(sink.rotate(1000), true);
    }
    sink[Symbol.dispose]();
    assert.deepEqual(
      ["1000", "1001", "1002"].map((name) => read(`${path}.${name}`)),
      ["1\n", "2\n", "3\n"],
    );
    assert.equal(read(path), "");
  }));

Deno.test("FileSink.rotate() leaves alone what is no plain file", () =>
  withFolder((folder) => {
    const path = `${folder}/null`;
    Deno.symlinkSync("/dev/null", path);
    const { sink } = open(path);
    assert.equal(sink.rotate(1000), false);
    sink[Symbol.dispose]();
    assert.equal(Deno.readLinkSync(path), "/dev/null");
  }));

Deno.test("FileSink.rotate() follows a file that somebody else moved", () =>
  withFolder((folder) => {
    const path = `${folder}/a.log`;
    const { sink } = open(path);
    sink.write("1\n");
    Deno.renameSync(path, `${path}.theirs`);
    assert.equal(sink.rotate(1000), false);
    sink.write("2\n");
    sink[Symbol.dispose]();
    const names = Array.from(Deno.readDirSync(folder), ({ name }) => name);
    assert.deepEqual(names.sort(), ["a.log", "a.log.theirs"]);
    assert.equal(read(path), "2\n");
  }));

Deno.test("a delayed file sink writes when it is called back, or has much", () =>
  withFolder((folder) => {
    const path = `${folder}/a.log`;
    const { sink } = open(path);
    const flushes: (() => void)[] = [];
    sink.delay = (flush) => flushes.push(flush);
    sink.write("1\n");
    sink.write("2\n");
    assert.deepEqual([read(path), sink.size, flushes.length], ["", 4, 1]);
    flushes[0]!();
    assert.equal(read(path), "1\n2\n");
    sink.write("x".repeat(70_000) + "\n");
    assert.equal(read(path).length, 70_005);
    sink.write("3\n");
    sink.rotate(1000);
    assert.equal(read(`${path}.1000`).length, 70_007);
    sink.write("4\n");
    sink.delay = undefined;
    assert.equal(read(path), "4\n");
    sink.write("5\n");
    assert.equal(read(path), "4\n5\n");
    sink[Symbol.dispose]();
  }));

Deno.test("file_synch takes messages as they are, and never delays", () =>
  withFolder((folder) => {
    const path = `${folder}/a.log`;
    const { sink } = open(path, "file_synch");
    sink.delay = () => assert.fail("it delays");
    assert.equal(sink.splits, false);
    sink.write("1");
    assert.equal(read(path), "1");
    sink[Symbol.dispose]();
  }));
