/**
 * Runs a program to its end and collects what it writes, with a limit for each of three steps: the
 * end of its output, the end of its errors, its own end. A program that is over its time is asked
 * to end (SIGTERM) and then made to (SIGKILL).
 *
 * Nothing is written to the program: its input is at its end from the start. The invariant: however
 * it comes out, and also when it is cancelled, both pipes are closed and the child is reaped or
 * killed.
 */
import type { Eventer } from "../eventer/eventer.ts";
import type { Timer } from "../eventer/timers.ts";
import { PENDING, Stream } from "../net/stream.ts";
import { SIGKILL, SIGTERM } from "../posix/constants.ts";
import { close } from "../posix/descriptors.ts";
import type { ChildProcess } from "./child_process.ts";
import type { Children } from "./children.ts";

/** What became of a program. */
export interface ProgramEnd {
  /** Its wait status; undefined when it had to be ended, or could not be. */
  readonly status: number | undefined;
  /** All that it wrote, a binary string; undefined when the time was over before its end. */
  readonly stdout: string | undefined;
  /** The same of its errors. */
  readonly stderr: string | undefined;
  /** Whether it still runs, for not even SIGKILL has ended it in time. */
  readonly runs: boolean;
}

/** What to run. */
export interface Program {
  /** The program; see `Children.spawn` for this and the next two. */
  readonly path: string;
  readonly argv: readonly string[];
  readonly env: readonly string[];
  /** The limit of each step, in milliseconds. */
  readonly timeoutMs: number;
}

/** How long each of SIGTERM and SIGKILL may take, in milliseconds. */
const KILL_LIMIT = 3000;

/** A step: what it waits for, and for how long. */
interface Step {
  readonly reached: () => boolean;
  readonly limitMs: number;
}

/**
 * Starts a program and collects its output.
 *
 * @param children Where it is started.
 * @param program What to run.
 * @param done Called once from the loop.
 * @returns What gives it up: the program is killed and `done` never called.
 * @throws {PosixError} When the program cannot be started.
 */
export function runToEnd(
  children: Children,
  program: Program,
  done: (end: ProgramEnd) => void,
): Disposable {
  const { path, argv, env, timeoutMs } = program;
  const child = children.spawn(path, argv, env);
  close(child.stdin);
  const run = new Run(
    child.process,
    new Output(children.eventer, child.stdout),
    new Output(children.eventer, child.stderr),
    children.eventer,
    done,
  );
  run.begin(timeoutMs);
  return run;
}

/** One of the child's pipes: collects up to the end. */
class Output implements Disposable {
  /** All of it; undefined until it has ended. */
  text: string | undefined;
  readonly #stream: Stream;

  constructor(eventer: Eventer, fd: number) {
    this.#stream = Stream.of(eventer, fd);
  }

  begin(ended: () => void): void {
    const text = this.#stream.read(Infinity);
    if (text !== PENDING) {
      this.text = text ?? "";
      return;
    }
    this.#stream.waitRead(Infinity, (text) => {
      this.text = text ?? "";
      ended();
    });
  }

  [Symbol.dispose](): void {
    this.#stream[Symbol.dispose]();
  }
}

/** A program that runs. */
class Run implements Disposable {
  #steps: Generator<Step, ProgramEnd, void> | undefined;
  #step: Step | undefined;
  #timer: Timer | undefined;
  #wait: { cancel(): void } | undefined;

  constructor(
    readonly child: ChildProcess,
    readonly stdout: Output,
    readonly stderr: Output,
    readonly eventer: Eventer,
    readonly done: (end: ProgramEnd) => void,
  ) {}

  begin(timeoutMs: number): void {
    const happened = () => this.#proceed(false);
    this.stdout.begin(happened);
    this.stderr.begin(happened);
    this.#steps = this.#plan(timeoutMs);
    // From the loop also when everything is there already.
    this.eventer.post(happened);
  }

  *#plan(limitMs: number): Generator<Step, ProgramEnd, void> {
    const { child, stdout, stderr } = this;
    const ended = () => child.poll() !== undefined;
    yield { reached: () => stdout.text !== undefined, limitMs };
    yield { reached: () => stderr.text !== undefined, limitMs };
    this.#wait = child.wait(() => this.#proceed(false));
    yield { reached: ended, limitMs };
    const { status } = child;
    for (const signal of [SIGTERM, SIGKILL]) {
      if (ended()) break;
      child.kill(signal);
      yield { reached: ended, limitMs: KILL_LIMIT };
    }
    return {
      status,
      stdout: stdout.text,
      stderr: stderr.text,
      runs: !ended(),
    };
  }

  /** Takes all steps whose end has come. */
  #proceed(expired: boolean): void {
    while (this.#steps !== undefined) {
      if (this.#step !== undefined && !expired && !this.#step.reached()) return;
      expired = false;
      this.#timer?.cancel();
      const { done, value } = this.#steps.next();
      if (done === true) {
        this[Symbol.dispose]();
        this.done(value);
        return;
      }
      this.#step = value;
      this.#timer = this.eventer.timer(
        value.limitMs,
        () => this.#proceed(true),
      );
    }
  }

  [Symbol.dispose](): void {
    if (this.#steps === undefined) return;
    this.#steps = undefined;
    this.#timer?.cancel();
    this.#wait?.cancel();
    this.stdout[Symbol.dispose]();
    this.stderr[Symbol.dispose]();
    this.child.abandon();
  }
}
