/** A proxy that hands on one byte at a time, so that nothing arrives in one piece. */
import net from "node:net";

export class SlowProxy implements AsyncDisposable {
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  port = 0;

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
          // Lets the byte go out before the next one comes.
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
      to.end();
    } catch {
      to.destroy();
    }
  }

  static async start(target: number): Promise<SlowProxy> {
    const proxy = new SlowProxy(target);
    await new Promise<void>((resolve) =>
      proxy.#server.listen(0, "127.0.0.1", resolve)
    );
    proxy.port = (proxy.#server.address() as net.AddressInfo).port;
    return proxy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
