/**
 * A proxy that hands on one byte of a stream at a time, so that nothing arrives in one piece. Of a
 * server that speaks UDP on the same port, it hands on the datagrams as they are.
 */
import dgram from "node:dgram";
import net from "node:net";

export class SlowProxy implements AsyncDisposable {
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  #datagrams: Datagrams | undefined;
  port = 0;
  /** How many bytes it has handed on. */
  bytes = 0;

  private constructor(target: number) {
    this.#server = net.createServer({ allowHalfOpen: true }, (near) => {
      const far = net.connect({
        port: target,
        host: "127.0.0.1",
        allowHalfOpen: true,
      });
      this.#join(near, far);
      this.#join(far, near);
    });
  }

  async #join(from: net.Socket, to: net.Socket): Promise<void> {
    this.#sockets.add(from);
    from.setNoDelay(true);
    from.on("close", () => this.#sockets.delete(from));
    try {
      for await (const data of from) {
        for (const byte of data as Uint8Array) {
          to.write(new Uint8Array([byte]));
          this.bytes++;
          // Lets the byte go out before the next one comes.
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
      to.end();
    } catch {
      to.destroy();
    }
  }

  static async start(
    target: number,
    options: { datagrams?: boolean } = {},
  ): Promise<SlowProxy> {
    const proxy = new SlowProxy(target);
    const listener = proxy.#server;
    for (let tries = 1; proxy.port === 0; tries++) {
      await new Promise<void>((resolve) =>
        listener.listen(0, "127.0.0.1", resolve)
      );
      const { port } = listener.address() as net.AddressInfo;
      try {
        if (options.datagrams) {
          proxy.#datagrams = await Datagrams.between(port, target);
        }
        proxy.port = port;
      } catch (error) {
        // The port is somebody else's for UDP; another one will do.
        await new Promise<void>((resolve) => listener.close(() => resolve()));
        if (tries === 5) throw error;
      }
    }
    return proxy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all([
      this.#datagrams?.[Symbol.asyncDispose](),
      new Promise<void>((resolve) => this.#server.close(() => resolve())),
    ]);
  }
}

/** Hands on datagrams between a port's visitors, one at a time, and a server. */
class Datagrams implements AsyncDisposable {
  readonly #near = dgram.createSocket("udp4");
  readonly #far = dgram.createSocket("udp4");
  #visitor: dgram.RemoteInfo | undefined;

  static async between(port: number, target: number): Promise<Datagrams> {
    const pair = new Datagrams();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    pair.#near.once("error", reject);
    pair.#near.bind(port, "127.0.0.1", resolve);
    try {
      await promise;
    } catch (error) {
      pair.#far.close();
      throw error;
    }
    pair.#near.on("message", (message, from) => {
      pair.#visitor = from;
      pair.#far.send(message, target, "127.0.0.1");
    });
    pair.#far.on("message", (message) => {
      const { port, address } = pair.#visitor!;
      pair.#near.send(message, port, address);
    });
    return pair;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      [this.#near, this.#far].map((socket) =>
        new Promise<void>((resolve) => socket.close(resolve))
      ),
    );
  }
}
