/**
 * Servers of the system for tests: nginx, dnsmasq, openssl, with ports of 127.0.0.1 that the kernel
 * gave. They are asked with real requests; nothing is said here of what they answer.
 *
 * A program is ready when it says so. It ends with its test; were the tests killed, a minute later.
 */
import net from "node:net";
import { run } from "./luamtev.ts";

/** How long a program may live, in seconds. */
const LIFE = "60";
/** Where Debian has programs that only the administrator is expected to start. */
const PATH = `${Deno.env.get("PATH") ?? ""}:/usr/sbin:/sbin`;

/** Empty where a program is installed, else why tests of it are skipped. */
export async function reasonWithout(
  program: string,
  debianPackage = program,
): Promise<string> {
  const found = await run("sh", ["-c", 'command -v "$0"', program], {
    env: { PATH },
  });
  if (found.code === 0) return "";
  return ` (skipped: no ${program}, in Debian's ${debianPackage})`;
}

export class ServerProgram implements AsyncDisposable {
  #output = "";
  #changed: () => void = () => {};
  readonly #child: Deno.ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(
    command: readonly string[],
    readonly port: number,
  ) {
    this.#child = new Deno.Command("timeout", {
      args: ["--kill-after=5", LIFE, ...command],
      env: { PATH },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const { stdout, stderr, status } = this.#child;
    this.#ended = Promise.all([
      this.#collect(stdout),
      this.#collect(stderr),
      status,
    ]);
  }

  /**
   * Starts a program that takes its port as an argument. Between the kernel's gift of a port and
   * its use somebody else may get it; then there is another one.
   */
  static async start(
    command: (port: number) => readonly string[],
    ready: RegExp,
  ): Promise<ServerProgram> {
    for (let tries = 1;; tries++) {
      const port = await freePort();
      const server = new ServerProgram(command(port), port);
      if (await server.#says(ready)) return server;
      if (tries === 5 || !/in use/i.test(server.#output)) {
        throw new Error(`Cannot start a server: ${server.#output}`);
      }
    }
  }

  /** Waits until the output has a match; undefined when the program ends instead. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    if (!await this.#says(pattern)) {
      throw new Error(`The server did not say ${pattern}: ${this.#output}`);
    }
    return pattern.exec(this.#output)!;
  }

  async #says(pattern: RegExp): Promise<boolean> {
    let ended = false;
    const end = this.#ended.then(() => ended = true);
    while (!pattern.test(this.#output)) {
      if (ended) return false;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#changed = resolve;
      await Promise.race([promise, end]);
    }
    return true;
  }

  async #collect(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.#output += text;
      this.#changed();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGTERM"); // which timeout hands on
    } catch {
      // It has ended.
    }
    await this.#ended;
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
