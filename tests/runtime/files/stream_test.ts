import { strictEqual } from "node:assert/strict";
import {
  type FileHandle,
  openFile,
  openTemporary,
} from "../../../runtime/posix/file_handles.ts";
import { close, pipe } from "../../../runtime/posix/descriptors.ts";
import { EBADF } from "../../../runtime/posix/constants.ts";
import { FileStream } from "../../../runtime/files/stream.ts";

const BOTH = { readable: true, writable: true } as const;

function opened(handle: FileHandle | number): FileHandle {
  if (typeof handle === "number") throw new Error(`Got error ${handle}`);
  return handle;
}

function temporary(): FileStream {
  return new FileStream(opened(openTemporary()), BOTH);
}

Deno.test("FileStream.readLine() splits at newlines and keeps the last part", () => {
  const stream = temporary();
  stream.write("a\n\nb");
  stream.seek("set", 0);
  strictEqual(stream.readLine(), "a");
  strictEqual(stream.readLine(true), "\n");
  strictEqual(stream.readLine(), "b");
  strictEqual(stream.readLine(), undefined);
  strictEqual(stream.close(), 0);
});

Deno.test("FileStream.read() goes across the buffer and stops at the end", () => {
  const stream = temporary();
  const content = "0123456789".repeat(20_000);
  stream.write(content);
  stream.seek("set", 5);
  strictEqual(stream.read(150_000), content.slice(5, 150_005));
  strictEqual(stream.read(100_000), content.slice(150_005));
  strictEqual(stream.read(1), "");
  stream.close();
});

Deno.test("FileStream keeps bytes above 127", () => {
  const stream = temporary();
  const bytes = Array.from(
    { length: 256 },
    (_, code) => String.fromCharCode(code),
  )
    .join("").repeat(400);
  strictEqual(stream.write(bytes), 0);
  stream.seek("set", 0);
  strictEqual(stream.readAll(), bytes);
  stream.close();
});

Deno.test("FileStream.write() after read() continues where reading stopped", () => {
  const stream = temporary();
  stream.write("hello world");
  stream.seek("set", 0);
  strictEqual(stream.read(5), "hello");
  stream.write("!");
  strictEqual(stream.seek("cur", 0), 6);
  stream.seek("set", 0);
  strictEqual(stream.readAll(), "hello!world");
  stream.close();
});

Deno.test("FileStream buffers in full, by lines, or not at all", () => {
  const { readFd, writeFd } = pipe();
  const stream = new FileStream(
    { fd: writeFd, close: () => close(writeFd) },
    { readable: false, writable: true },
  );
  const buffer = new Uint8Array(16);
  const read = () => {
    const reader = new FileStream(
      { fd: readFd, close: () => 0 },
      { readable: true, writable: false },
    );
    return reader.read(buffer.length);
  };
  stream.write("full");
  strictEqual(read(), "");
  stream.setBuffering("line"); // writes out what there is
  strictEqual(read(), "full");
  stream.write("part");
  strictEqual(read(), "");
  stream.write("\n");
  strictEqual(read(), "part\n");
  stream.setBuffering("no");
  stream.write("now");
  strictEqual(read(), "now");
  strictEqual(stream.close(), 0);
  close(readFd);
});

Deno.test("FileStream refuses what it was not opened for", () => {
  const handle = opened(openFile("/dev/null", "r"));
  const reader = new FileStream(handle, { readable: true, writable: false });
  strictEqual(reader.write("x"), EBADF);
  reader.close();
  const other = opened(openFile("/dev/null", "w"));
  const writer = new FileStream(other, { readable: false, writable: true });
  strictEqual(writer.readLine(), undefined);
  strictEqual(writer.readError, EBADF);
  writer.close();
});

Deno.test("FileStream flushes the prompt before it waits for input", () => {
  const { readFd, writeFd } = pipe();
  const prompt = new FileStream(
    { fd: writeFd, close: () => close(writeFd) },
    { readable: false, writable: true, buffering: "line" },
  );
  const input = new FileStream(
    { fd: readFd, close: () => close(readFd) },
    { readable: true, writable: false, prompt },
  );
  prompt.write("name? ");
  strictEqual(input.read(6), "name? ");
  prompt.close();
  input.close();
});
