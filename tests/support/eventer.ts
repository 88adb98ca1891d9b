/**
 * Eventers for tests: created, raced against a deadline, disposed.
 */
import { Eventer, type EventerOptions } from "../../runtime/eventer/eventer.ts";
import { close, pipe, write } from "../../runtime/posix/descriptors.ts";

/** A test's time limit in milliseconds: far more than it needs, so that only hangs meet it. */
export const DEADLINE_MS = 20_000;

/** Waits for a promise, and throws when it takes too long. */
export async function within<T>(
  promise: Promise<T>,
  limitMs = DEADLINE_MS,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`Nothing came within ${limitMs} ms`)),
    limitMs,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** A pipe that an eventer may watch; closed in the right order. */
export class TestPipe implements Disposable {
  readonly readFd: number;
  readonly writeFd: number;
  #readerOpen = true;
  #writerOpen = true;

  constructor(readonly eventer: Eventer) {
    ({ readFd: this.readFd, writeFd: this.writeFd } = pipe());
  }

  /** Makes the reading end readable. */
  fill(): void {
    if (write(this.writeFd, new Uint8Array(1)) !== 1) {
      throw new Error("Cannot fill the pipe");
    }
  }

  closeReader(): void {
    if (!this.#readerOpen) return;
    this.#readerOpen = false;
    this.eventer.forgetFd(this.readFd);
    close(this.readFd);
  }

  closeWriter(): void {
    if (!this.#writerOpen) return;
    this.#writerOpen = false;
    this.eventer.forgetFd(this.writeFd);
    close(this.writeFd);
  }

  [Symbol.dispose](): void {
    this.closeReader();
    this.closeWriter();
  }
}

/**
 * Defines a test once for a polite and once for an exclusive eventer. The eventer does not run by
 * itself unless the options say so.
 */
export function eventerTest(
  name: string,
  body: (eventer: Eventer) => Promise<void> | void,
  options: EventerOptions = {},
): void {
  for (const exclusive of [false, true]) {
    const kind = exclusive ? "exclusive" : "polite";
    Deno.test(`${name} (${kind})`, async () => {
      await using eventer = new Eventer({
        autoRun: false,
        exclusive,
        ...options,
      });
      await within((async () => await body(eventer))());
    });
  }
}

/** Runs a program that uses the project's files; gives its output and exit code. */
export async function runProgram(
  source: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const root = new URL("../../", import.meta.url).href;
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, source.replaceAll("project:", root));
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--no-config", "--no-lock", file],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const timer = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
    const { code, stdout, stderr } = await child.output();
    clearTimeout(timer);
    const decoder = new TextDecoder();
    return {
      code,
      stdout: decoder.decode(stdout),
      stderr: decoder.decode(stderr),
    };
  } finally {
    await Deno.remove(file);
  }
}
