/** Streams over real pipes and sockets: reading, writing, waiting, giving up. */
import assert from "node:assert/strict";
import type { Eventer } from "../../../runtime/eventer/eventer.ts";
import { EXCEPTION } from "../../../runtime/net/channel.ts";
import { PENDING, Stream } from "../../../runtime/net/stream.ts";
import { pipe } from "../../../runtime/posix/descriptors.ts";
import { eventerTest } from "../../support/eventer.ts";

/** Both ends of a pipe as streams. */
class Pair implements Disposable {
  readonly reader: Stream;
  readonly writer: Stream;
  #writerOpen = true;

  constructor(eventer: Eventer) {
    const { readFd, writeFd } = pipe();
    this.reader = Stream.of(eventer, readFd);
    this.writer = Stream.of(eventer, writeFd);
  }

  endWriting(): void {
    if (!this.#writerOpen) return;
    this.#writerOpen = false;
    this.writer[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.reader[Symbol.dispose]();
    this.endWriting();
  }
}

const AUTO = { autoRun: true };

function read(stream: Stream, stop: number | string) {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const data = stream.read(stop);
  if (data === PENDING) stream.waitRead(stop, resolve);
  else resolve(data);
  return promise;
}

function write(stream: Stream, data: string) {
  const { promise, resolve } = Promise.withResolvers<number>();
  const result = stream.write(data);
  if (result < 0) resolve(-result);
  else if (result === data.length) resolve(0);
  else stream.waitWrite(data, result, resolve);
  return promise;
}

eventerTest("read() takes what is there without waiting", (eventer) => {
  using pair = new Pair(eventer);
  assert.equal(pair.reader.read("\n"), PENDING);
  assert.equal(pair.reader.read(0), "");
  assert.equal(pair.writer.write("one\ntwo"), 7);
  assert.equal(pair.reader.read("\n"), "one\n");
  assert.equal(pair.reader.read(2), "tw");
  assert.equal(pair.reader.read("\n"), PENDING);
  pair.endWriting();
  assert.equal(pair.reader.read("\n"), "o");
  assert.equal(pair.reader.read("\n"), undefined);
  assert.equal(pair.reader.read(1), undefined);
});

eventerTest(
  "readBeforeWait() leaves it to the wait to ask again",
  async (eventer) => {
    using pair = new Pair(eventer);
    pair.writer.write("one\ntwo\n");
    assert.equal(pair.reader.readBeforeWait("\n"), "one\n");
    assert.equal(pair.reader.readBeforeWait("\n"), "two\n");
    pair.writer.write("three\nfour\n");
    assert.equal(pair.reader.readBeforeWait("\n"), PENDING);
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    pair.reader.waitRead("\n", resolve);
    assert.equal(await promise, "three\n");
    assert.equal(pair.reader.readBeforeWait(5), "four\n");
    pair.endWriting();
    // Once it has not asked, it does.
    assert.equal(pair.reader.readBeforeWait("\n"), PENDING);
    assert.equal(pair.reader.readBeforeWait("\n"), undefined);
  },
  AUTO,
);

eventerTest("waitRead() goes on until all is there", async (eventer) => {
  using pair = new Pair(eventer);
  const line = read(pair.reader, "\r\n");
  for (const byte of "slow\r\nrest") {
    await write(pair.writer, byte);
    await new Promise<void>((resolve) => void eventer.post(resolve));
  }
  assert.equal(await line, "slow\r\n");
  pair.endWriting();
  assert.equal(await read(pair.reader, 100), "rest");
}, AUTO);

eventerTest("waitRead() that is given up keeps what came", async (eventer) => {
  using pair = new Pair(eventer);
  assert.equal(pair.reader.read("\n"), PENDING);
  const waiting = pair.reader.waitRead("\n", () => {
    throw new Error("A read that was given up called back");
  });
  await write(pair.writer, "some");
  await new Promise<void>((resolve) => void eventer.timer(1, resolve));
  waiting.cancel();
  await write(pair.writer, "thing\n");
  assert.equal(await read(pair.reader, "\n"), "something\n");
}, AUTO);

eventerTest("a second wait for the same is an error", (eventer) => {
  using pair = new Pair(eventer);
  pair.reader.waitRead(1, () => {});
  assert.throws(
    () => pair.reader.waitRead(1, () => {}),
    /another read is waiting/,
  );
});

eventerTest("write() stops when nobody reads, and goes on", async (eventer) => {
  using pair = new Pair(eventer);
  const data = "0123456789".repeat(100_000);
  const taken = pair.writer.write(data);
  assert.ok(taken > 0 && taken < data.length, `${taken}`);
  const { promise, resolve } = Promise.withResolvers<number>();
  pair.writer.waitWrite(data, taken, resolve);
  assert.equal(await read(pair.reader, data.length), data);
  assert.equal(await promise, 0);
}, AUTO);

eventerTest("all bytes go through, whatever they are", async (eventer) => {
  using pair = new Pair(eventer);
  const all = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i));
  const data = all.join("").repeat(1000);
  const [received, error] = await Promise.all([
    read(pair.reader, data.length),
    write(pair.writer, data),
  ]);
  assert.equal(error, 0);
  assert.ok(received === data);
}, AUTO);

eventerTest("a write whose reader goes away ends", async (eventer) => {
  const { readFd, writeFd } = pipe();
  const reader = Stream.of(eventer, readFd);
  using writer = Stream.of(eventer, writeFd);
  const data = "x".repeat(1_000_000);
  const waiting = write(writer, data);
  reader[Symbol.dispose]();
  assert.equal(await waiting, EXCEPTION);
  // 32 is EPIPE, and there is no signal.
  assert.equal(writer.write("x"), -32);
}, AUTO);

eventerTest("drain() throws everything away up to the end", async (eventer) => {
  using pair = new Pair(eventer);
  await write(pair.writer, "x".repeat(1000));
  assert.equal(pair.reader.drain(), false);
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  pair.reader.waitRead(undefined, resolve);
  await write(pair.writer, "y");
  pair.endWriting();
  assert.equal(await promise, undefined);
}, AUTO);

eventerTest("dispose() ends waits without a call", (eventer) => {
  const { readFd, writeFd } = pipe();
  const fail = () => {
    throw new Error("A disposed stream called back");
  };
  const reader = Stream.of(eventer, readFd);
  const writer = Stream.of(eventer, writeFd);
  reader.waitRead(1, fail);
  const data = "x".repeat(1_000_000);
  writer.waitWrite(data, writer.write(data), fail);
  writer[Symbol.dispose]();
  reader[Symbol.dispose]();
});
