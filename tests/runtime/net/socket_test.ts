/** Sockets against the kernel: names, errors, options, local sockets, datagrams. */
import assert from "node:assert/strict";
import type { Eventer } from "../../../runtime/eventer/eventer.ts";
import { formatIp } from "../../../runtime/net/ip_address.ts";
import {
  acceptSocket,
  bindSocket,
  connectSocket,
  type Family,
  listenSocket,
  openSocket,
  peerName,
  rawAddress,
  receiveOnce,
  sendOnce,
  setSocketOption,
  socketName,
  socketOption,
  waitConnect,
} from "../../../runtime/net/socket.ts";
import { binaryString } from "../../../runtime/posix/bytes.ts";
import {
  EADDRINUSE,
  EAGAIN,
  ETIMEDOUT,
} from "../../../runtime/posix/constants.ts";
import { close } from "../../../runtime/posix/descriptors.ts";
import { eventerTest } from "../../support/eventer.ts";

const ECONNREFUSED = 111;
const AUTO = { autoRun: true };

/** A socket, closed at the end of a test. */
class TestSocket implements Disposable {
  constructor(readonly eventer: Eventer, readonly fd: number) {
    assert.ok(fd >= 0, `${fd}`);
  }

  static open(eventer: Eventer, family: Family, type: "tcp" | "udp" = "tcp") {
    return new TestSocket(eventer, openSocket(family, type));
  }

  static listening(eventer: Eventer, backlog = 8) {
    const socket = TestSocket.open(eventer, "inet");
    assert.equal(bindSocket(socket.fd, rawAddress("inet", "127.0.0.1", 0)!), 0);
    assert.equal(listenSocket(socket.fd, backlog), 0);
    return socket;
  }

  get port(): number {
    const name = socketName(this.fd);
    assert.ok(name !== undefined && name.family !== "unix");
    return name.port;
  }

  [Symbol.dispose](): void {
    this.eventer.forgetFd(this.fd);
    close(this.fd);
  }
}

function connect(
  socket: TestSocket,
  family: Family,
  address: string,
  port: number,
  timeoutMs?: number,
): Promise<{ error: number; timedOut: boolean }> {
  const { promise, resolve } = Promise.withResolvers<
    { error: number; timedOut: boolean }
  >();
  const raw = rawAddress(family, address, port)!;
  const result = connectSocket(socket.fd, raw);
  if (result !== -EAGAIN) resolve({ error: result, timedOut: false });
  else {
    waitConnect(
      socket.eventer,
      socket.fd,
      raw,
      timeoutMs,
      (error, timedOut) => resolve({ error, timedOut }),
    );
  }
  return promise;
}

function accept(socket: TestSocket): Promise<TestSocket> {
  const { promise, resolve } = Promise.withResolvers<TestSocket>();
  socket.eventer.waitFd(
    socket.fd,
    "read",
    () => resolve(new TestSocket(socket.eventer, acceptSocket(socket.fd))),
  );
  return promise;
}

eventerTest("a connection has the names of both ends", async (eventer) => {
  using listener = TestSocket.listening(eventer);
  using client = TestSocket.open(eventer, "inet");
  assert.equal(peerName(client.fd), undefined);
  const [{ error }, accepted] = await Promise.all([
    connect(client, "inet", "127.0.0.1", listener.port),
    accept(listener),
  ]);
  using server = accepted;
  assert.equal(error, 0);
  assert.deepEqual(peerName(server.fd), socketName(client.fd));
  assert.deepEqual(peerName(client.fd), socketName(server.fd));
}, AUTO);

eventerTest("connect reports a refusal", async (eventer) => {
  const listener = TestSocket.listening(eventer);
  const { port } = listener;
  listener[Symbol.dispose]();
  using client = TestSocket.open(eventer, "inet");
  const { error } = await connect(client, "inet", "127.0.0.1", port);
  assert.equal(error, ECONNREFUSED);
}, AUTO);

eventerTest("connect gives up when nobody answers", async (eventer) => {
  // A full queue: the kernel drops what comes then.
  using listener = TestSocket.listening(eventer, 0);
  using stack = new DisposableStack();
  for (let tries = 0;; tries++) {
    assert.ok(tries < 20, "the queue never filled");
    const client = stack.use(TestSocket.open(eventer, "inet"));
    const { timedOut, error } = await connect(
      client,
      "inet",
      "127.0.0.1",
      listener.port,
      20,
    );
    if (!timedOut) continue;
    assert.equal(error, ETIMEDOUT);
    return;
  }
}, AUTO);

eventerTest("bind reports an address in use", (eventer) => {
  using listener = TestSocket.listening(eventer);
  using other = TestSocket.open(eventer, "inet");
  const raw = rawAddress("inet", "127.0.0.1", listener.port)!;
  assert.equal(bindSocket(other.fd, raw), EADDRINUSE);
});

eventerTest("local sockets connect by path and by name", async (eventer) => {
  const folder = Deno.makeTempDirSync();
  try {
    for (const path of [`${folder}/socket`, `\0test-${crypto.randomUUID()}`]) {
      using listener = TestSocket.open(eventer, "unix");
      assert.equal(bindSocket(listener.fd, rawAddress("unix", path, 0)!), 0);
      assert.equal(listenSocket(listener.fd, 8), 0);
      assert.deepEqual(socketName(listener.fd), { family: "unix", path });
      using client = TestSocket.open(eventer, "unix");
      const { error } = await connect(client, "unix", path, 0);
      assert.equal(error, 0);
      using server = await accept(listener);
      assert.equal(sendOnce(server.fd, new Uint8Array([7]), undefined), 1);
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}, AUTO);

eventerTest(
  "connecting to a local socket waits for room in its queue",
  async (eventer) => {
    using listener = TestSocket.open(eventer, "unix");
    const name = `\0test-${crypto.randomUUID()}`;
    const raw = rawAddress("unix", name, 0)!;
    bindSocket(listener.fd, raw);
    listenSocket(listener.fd, 0);
    using first = TestSocket.open(eventer, "unix");
    assert.equal(connectSocket(first.fd, raw), 0);
    using second = TestSocket.open(eventer, "unix");
    assert.equal(connectSocket(second.fd, raw), -EAGAIN);
    const connected = connect(second, "unix", name, 0);
    using _one = await accept(listener);
    assert.equal((await connected).error, 0);
  },
  AUTO,
);

eventerTest(
  "datagrams keep their borders and their sender",
  async (eventer) => {
    for (
      const [family, address] of [
        ["inet", "127.0.0.1"],
        ["inet6", "::1"],
      ] as const
    ) {
      using a = TestSocket.open(eventer, family, "udp");
      using b = TestSocket.open(eventer, family, "udp");
      for (const socket of [a, b]) {
        bindSocket(socket.fd, rawAddress(family, address, 0)!);
      }
      const bytes = new Uint8Array(10);
      assert.equal(receiveOnce(b.fd, bytes), -EAGAIN);
      const to = rawAddress(family, address, b.port)!;
      assert.equal(sendOnce(a.fd, new Uint8Array([104, 105]), to), 2);
      assert.equal(sendOnce(a.fd, new Uint8Array(0), to), 0);
      await new Promise((resolve) => eventer.waitFd(b.fd, "read", resolve));
      const received = receiveOnce(b.fd, bytes);
      assert.ok(typeof received !== "number");
      assert.equal(binaryString(bytes, 0, received.count), "hi");
      assert.ok(received.from !== undefined && received.from.family !== "unix");
      assert.equal(formatIp(received.from.ip), address);
      assert.equal(received.from.port, a.port);
      const empty = receiveOnce(b.fd, bytes);
      assert.ok(typeof empty !== "number" && empty.count === 0);
    }
  },
  AUTO,
);

eventerTest("options are set by their C names", (eventer) => {
  using socket = TestSocket.open(eventer, "inet");
  assert.equal(socketOption(socket.fd, "TCP_NODELAY"), 0);
  assert.equal(setSocketOption(socket.fd, "TCP_NODELAY", 1), 0);
  assert.equal(socketOption(socket.fd, "TCP_NODELAY"), 1);
  assert.equal(setSocketOption(socket.fd, "IP_TTL", 42), 0);
  assert.equal(socketOption(socket.fd, "IP_TTL"), 42);
  // A struct is wanted: EINVAL.
  assert.equal(setSocketOption(socket.fd, "SO_LINGER", 1), 22);
  assert.equal(setSocketOption(socket.fd, "SO_NOTHING", 1), undefined);
  assert.equal(setSocketOption(socket.fd, "toString", 1), undefined);
});

Deno.test("rawAddress() refuses what is no address of the family", () => {
  assert.equal(rawAddress("inet", "localhost", 1), undefined);
  assert.equal(rawAddress("unix", "", 1), undefined);
  assert.equal(rawAddress("unix", "x".repeat(108), 1), undefined);
  assert.equal(rawAddress("inet", "1.2.3.4", 65536 + 80)?.[3], 80);
});
