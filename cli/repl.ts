/**
 * The REPL: reads Lua code from the terminal and runs it inside the loop, in a
 * managed coroutine, so that it may wait. The prompt comes back when that has
 * ended; other coroutines go on meanwhile and afterwards, and what they print
 * moves the line that is being typed down.
 *
 * The invariant: the terminal is in raw mode while a line is being typed and
 * only then, but for signals, which Ctrl-C sends at any time.
 */
import type { Coroutine } from "../lua/coroutines.ts";
import { LuaError } from "../lua/errors.ts";
import {
  createRuntime,
  type Runtime,
  type RuntimeOptions,
} from "../lua/runtime.ts";
import { encodeText } from "../lua/text.ts";
import type { LuaFunction, LuaValue } from "../lua/value.ts";
import { recordSignal, signalArrived } from "../runtime/posix/signal_record.ts";
import { writeFully } from "../runtime/posix/write_fully.ts";
import { watchEveryInterrupt } from "./interrupt_watch.ts";
import { readable } from "./readable.ts";
import { History, historyFile } from "./repl_history.ts";
import { compileInput } from "./repl_input.ts";
import { LineEditor } from "./repl_terminal.ts";
import { EXIT_SIGNAL, terminationMessage } from "./termination.ts";
import { VERSION } from "./version.ts";

const PROMPT = "> ";
const CONTINUED = ">> ";
const INTERRUPTED = "interrupted!";
const HINT = "(Ctrl-D ends the session)\n";

/** Signals that end the session; the terminal sends SIGHUP when it goes. */
const ENDING = ["SIGTERM", "SIGQUIT", "SIGHUP"] as const;
/** The time between two looks whether one has arrived in a busy loop, in ms. */
const LOOK = 10;

/**
 * Starts to read. What is typed runs while the eventer of the runtime runs; the
 * end of the input ends the process.
 *
 * @param options How the runtime is made.
 */
export async function startRepl(options: RuntimeOptions): Promise<Runtime> {
  ENDING.forEach(recordSignal); // all before the first listener
  const pollSignals = await watchEveryInterrupt(() => repl.pressed());
  const repl: Repl = new Repl(pollSignals);
  const runtime = await createRuntime({
    ...options,
    stdout: (bytes) => repl.print(1, bytes),
    stderr: (bytes) => repl.print(2, bytes),
    exit: (code) => repl.exit(code),
    interrupt: () => repl.pollInterrupts(),
    onUncaught() {}, // it has been reported, and the session goes on
  });
  repl.start(runtime);
  return runtime;
}

class Repl {
  readonly #history = new History(historyFile());
  readonly #editor = new LineEditor(this.#history.read(), {
    line: (line) => this.#addLine(line),
    end: () => this.#end(),
  });
  #runtime!: Runtime;
  /** Lines that were pasted while another one ran. */
  #queue: string[] = [];
  /** The lines of a chunk that is not complete. */
  #chunk = "";
  /** What was typed and has not ended. */
  #running: Coroutine | undefined;
  #isRunning = false;
  /** Whether the engine asks for interrupts: Lua code is running. */
  #inLua = false;
  #mustRaise = false;
  #lookAt = 0;
  #presses = 0;

  /** @param pollSignals Calls {@link pressed} if Ctrl-C was. */
  constructor(readonly pollSignals: () => void) {}

  start(runtime: Runtime): void {
    this.#runtime = runtime;
    for (const signal of ENDING) {
      Deno.addSignalListener(signal, () => this.#terminate(signal));
    }
    // Keys come through Deno: the loop must not block the thread meanwhile.
    runtime.eventer.hold({ outside: true });
    writeFully(
      1,
      `luamtev ${VERSION} on ${runtime.state.engine}. ${HINT}`,
    );
    this.#editor.ask(PROMPT);
  }

  print(fd: 1 | 2, bytes: string): void {
    this.#editor.print(fd, bytes);
  }

  exit(code: number): never {
    this.#editor.close();
    Deno.exit(code);
  }

  #terminate(signal: typeof ENDING[number]): never {
    this.#editor.close();
    writeFully(2, terminationMessage(signal));
    Deno.exit(EXIT_SIGNAL);
  }

  #end(): void {
    writeFully(1, "\n");
    this.#runtime.exit(0);
  }

  #addLine(line: string): void {
    this.#history.add(line);
    this.#queue.push(line);
    this.#next();
  }

  /** Goes on with what has been typed. */
  #next(): void {
    while (!this.#isRunning) {
      const line = this.#queue.shift();
      if (line === undefined) {
        return this.#editor.ask(this.#chunk === "" ? PROMPT : CONTINUED);
      }
      this.#chunk += this.#chunk === "" ? line : `\n${line}`;
      const text = encodeText(this.#chunk);
      const input = compileInput(this.#runtime.state, text);
      if (input.kind === "incomplete") continue;
      this.#chunk = "";
      if (input.kind === "chunk") this.#run(input.chunk);
      else writeFully(2, `${input.message}\n`);
    }
  }

  #run(chunk: LuaFunction): void {
    const { eventer, coroutines } = this.#runtime;
    this.#isRunning = true;
    this.#presses = 0;
    this.#editor.rest();
    eventer.post(() => {
      const coroutine = coroutines.spawn(chunk, [], {
        tracedFrom: 0,
        onEnd: (end) => {
          this.#isRunning = false;
          this.#running = undefined;
          if (end.kind === "ended") this.#show(end.values);
          else if (end.kind === "failed") this.#report(end.error);
          else writeFully(2, "cancelled\n");
          // What follows is no part of the coroutine that has just ended.
          eventer.post(() => this.#next());
        },
      });
      if (this.#isRunning) this.#running = coroutine;
    });
  }

  #show(values: readonly LuaValue[]): void {
    const { state } = this.#runtime;
    this.#flush();
    if (values.length === 0) return;
    const texts = values.map((value) => readable(state, value));
    writeFully(1, texts.join("\t") + "\n");
  }

  #report(error: LuaError): void {
    const { state } = this.#runtime;
    this.#flush();
    const message = typeof error.value === "string"
      ? error.value
      : readable(state, error.value);
    writeFully(2, `${message}\n${error.traceback ?? ""}\n`);
  }

  /** Shows what `io.write` keeps in its buffer. */
  #flush(): void {
    this.#runtime.flush();
  }

  /** The engine's interrupt handler. */
  pollInterrupts(): "continue" {
    const now = performance.now();
    if (now >= this.#lookAt) {
      this.#lookAt = now + LOOK;
      const arrived = ENDING.find(signalArrived);
      if (arrived !== undefined) this.#terminate(arrived);
    }
    this.#inLua = true;
    this.pollSignals();
    this.#inLua = false;
    if (this.#mustRaise) {
      this.#mustRaise = false;
      throw new LuaError(this.#runtime.state.where(1) + INTERRUPTED);
    }
    return "continue";
  }

  /** Ctrl-C was pressed. */
  pressed(): void {
    this.#queue = [];
    if (this.#inLua) this.#mustRaise = true;
    else if (this.#isRunning) this.#interruptWait();
    else {
      if (this.#chunk === "" && this.#editor.isEmpty) {
        this.print(1, HINT);
      }
      this.#chunk = "";
      this.#editor.abandon(PROMPT);
    }
  }

  /** Ends the wait of what was typed; the second time, for good. */
  #interruptWait(): void {
    const coroutine = this.#running;
    if (coroutine === undefined) return;
    if (coroutine.wait !== undefined && this.#presses++ === 0) {
      coroutine.wait.fail(new LuaError(INTERRUPTED));
    } else this.#runtime.coroutines.cancel(coroutine);
  }
}
