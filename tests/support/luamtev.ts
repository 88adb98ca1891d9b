/**
 * Runs the real bin/luamtev on modules that a test writes, under a deadline.
 * Not a mock of anything: what is compared is what a user would see.
 */
import { fromFileUrl } from "./paths.ts";

/** The root folder of the project. */
export const ROOT: string = fromFileUrl(new URL("../../", import.meta.url));

/** What a run left behind. */
export interface Result {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run. */
export interface RunOptions {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly stdin?: string;
  /** Milliseconds after which the program is killed. */
  readonly deadline?: number;
}

/** Runs a command to its end. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Result> {
  const child = new Deno.Command(command, {
    args: [...args],
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    ...(options.env && { env: options.env }),
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  }).spawn();
  const deadline = setTimeout(
    () => child.kill("SIGKILL"),
    options.deadline ?? 30_000,
  );
  if (options.stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(options.stdin));
    await writer.close();
  }
  const output = await child.output();
  clearTimeout(deadline);
  const decoder = new TextDecoder();
  return {
    code: output.code,
    signal: output.signal,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
}

/** Runs bin/luamtev. */
export function luamtev(
  args: readonly string[],
  options?: RunOptions,
): Promise<Result> {
  return run(`${ROOT}bin/luamtev`, args, options);
}

/** A folder for one test, removed at its end. */
export class TestFolder implements Disposable {
  readonly path: string = Deno.realPathSync(Deno.makeTempDirSync());

  /** Writes a file and returns its path. */
  write(name: string, content: string): string {
    const path = `${this.path}/${name}`;
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(path, content);
    return path;
  }

  /** Writes a Lua module with the usual first line and returns its path. */
  module(body: string, name = "x.lua"): string {
    return this.write(name, `module(..., package.seeall)\n${body}`);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/**
 * Runs a module that writes a line and then keeps the thread busy, and
 * interrupts it once the line is there.
 *
 * @returns How it ended.
 */
export async function interrupt(
  module: string,
): Promise<Pick<Result, "code" | "stderr">> {
  const child = new Deno.Command(`${ROOT}bin/luamtev`, {
    args: [module],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const deadline = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGINT");
  const stderr = await new Response(child.stderr).text();
  await reader.cancel();
  const { code } = await child.status;
  clearTimeout(deadline);
  return { code, stderr };
}
