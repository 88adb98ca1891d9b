/** Child processes for tests: started on an eventer of their own, all gone at the end. */
import { Eventer } from "../../runtime/eventer/eventer.ts";
import { close } from "../../runtime/posix/descriptors.ts";
import type { ChildProcess } from "../../runtime/process/child_process.ts";
import { Children, type PipedChild } from "../../runtime/process/children.ts";
import { within } from "./eventer.ts";

/** Defines a test that starts children. */
export function childrenTest(
  name: string,
  body: (children: Children, eventer: Eventer) => Promise<void> | void,
): void {
  Deno.test(name, async () => {
    await using eventer = new Eventer();
    using children = new Children(eventer);
    await within((async () => await body(children, eventer))());
  });
}

/** Starts a shell command whose pipes nobody needs. */
export function shell(children: Children, command: string): ChildProcess {
  const child = children.spawn("/bin/sh", ["sh", "-c", command], []);
  closePipes(child);
  return child.process;
}

/** Closes this process's ends of the pipes. */
export function closePipes(child: PipedChild): void {
  for (const fd of [child.stdin, child.stdout, child.stderr]) close(fd);
}

/** Waits for a child's end. */
export function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => void child.wait(resolve));
}

/** Whether a process is there, and is no zombie. */
export function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(
      Deno.readTextFileSync(`/proc/${pid}/stat`),
    );
  } catch {
    return false;
  }
}

/** Waits until something holds; the caller's deadline bounds it. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}
