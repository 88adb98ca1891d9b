/**
 * Starts child processes with pipes as input and output, and knows which of them still run.
 *
 * Children do not outlive their owner: disposing of it kills them, and so does the death of this
 * process (parent_watch.ts), unless it was told to leave them alone. Nothing here reads or writes
 * the pipes.
 */
import type { Eventer } from "../eventer/eventer.ts";
import { close, pipe, setNonblocking } from "../posix/descriptors.ts";
import { PosixError } from "../posix/posix_error.ts";
import { SIGKILL } from "../posix/constants.ts";
import { spawn } from "../posix/spawn.ts";
import { type ChildOwner, ChildProcess } from "./child_process.ts";
import { ChildSignals } from "./child_signals.ts";
import { ParentWatch } from "./parent_watch.ts";

/** A child and this process's ends of its pipes: nonblocking, closed on exec, the caller's. */
export interface PipedChild {
  readonly process: ChildProcess;
  /** What is written here the child reads from its standard input. */
  readonly stdin: number;
  /** What the child writes to its standard output. */
  readonly stdout: number;
  /** What the child writes to its standard error. */
  readonly stderr: number;
}

/**
 * The children of one loop.
 *
 * @example
 * ```ts
 * import { Eventer } from "../eventer/eventer.ts";
 * import { close } from "../posix/descriptors.ts";
 * import { Children } from "./children.ts";
 * import { wexitstatus } from "./wait_status.ts";
 *
 * await using eventer = new Eventer();
 * using children = new Children(eventer);
 * const child = children.spawn("sh", ["sh", "-c", "exit 7"], []);
 * for (const fd of [child.stdin, child.stdout, child.stderr]) close(fd);
 * const status = await new Promise<number>((resolve) =>
 *   child.process.wait(resolve)
 * );
 * console.log(wexitstatus(status)); // 7
 * ```
 */
export class Children implements ChildOwner, Disposable {
  readonly signals: ChildSignals;
  readonly #running = new Map<number, ChildProcess>();
  #watch: ParentWatch | undefined;

  /** @param eventer The loop that is told of changes. */
  constructor(readonly eventer: Eventer) {
    this.signals = new ChildSignals(eventer);
  }

  /** How many children have not been waited for to their end. */
  get size(): number {
    return this.#running.size;
  }

  /**
   * Starts a program. Blocks the thread until it is loaded or has been refused.
   *
   * @param path The program, a binary string; without a slash it is looked up in this process's PATH.
   * @param argv Its arguments, binary strings, from its own name on; there may be none.
   * @param env Its whole environment, binary strings such as `A=1`.
   * @returns The child and its pipes.
   * @throws {PosixError} When it cannot be started: ENOENT when there is no such program, EACCES when
   *   it may not be run, EMFILE when there are too few descriptors.
   */
  spawn(
    path: string,
    argv: readonly string[],
    env: readonly string[],
  ): PipedChild {
    this.#watch ??= startParentWatch();
    const opened: number[] = [];
    const openPipe = () => {
      const ends = pipe({ nonblocking: false });
      opened.push(ends.readFd, ends.writeFd);
      return ends;
    };
    try {
      const input = openPipe(), output = openPipe(), errors = openPipe();
      const stdio = [input.readFd, output.writeFd, errors.writeFd];
      const ours = [input.writeFd, output.readFd, errors.readFd] as const;
      // Not the child's ends: it would have to cope with EAGAIN.
      for (const fd of ours) setNonblocking(fd, true);
      const pid = spawn(path, argv, env, stdio);
      if (pid < 0) throw new PosixError("spawn", -pid, JSON.stringify(path));
      for (const fd of stdio) close(fd);
      const process = new ChildProcess(this, pid);
      this.#running.set(pid, process);
      this.#watch?.add(pid);
      const [stdin, stdout, stderr] = ours;
      return { process, stdin, stdout, stderr };
    } catch (error) {
      for (const fd of opened) close(fd);
      throw error;
    }
  }

  /** @internal Called by a child whose status was taken. */
  ended(child: ChildProcess): void {
    this.#running.delete(child.pid);
    this.#watch?.remove(child.pid);
  }

  /** Lets the children that run now go on when this process ends. */
  leaveAll(): void {
    this.#watch?.leaveAll();
  }

  /** Kills the children that still run and waits for their ends; blocks the thread, briefly. */
  [Symbol.dispose](): void {
    const running = [...this.#running.values()];
    for (const child of running) child.kill(SIGKILL);
    for (const child of running) child[Symbol.dispose]();
    this.#watch?.[Symbol.dispose]();
    this.#watch = undefined;
  }
}

/** Where a watch cannot be started, for want of /bin/sh or /proc, children do without. */
function startParentWatch(): ParentWatch | undefined {
  try {
    return new ParentWatch();
  } catch {
    return undefined;
  }
}
