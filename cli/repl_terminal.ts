/**
 * The terminal of the REPL: a line editor with history (node:readline) that
 * makes room for what is printed while a line is being typed.
 */
import { createInterface, type Interface } from "node:readline";
import process from "node:process";
import { Writable } from "node:stream";
import { binaryString } from "../runtime/posix/bytes.ts";
import { writeFully } from "../runtime/posix/write_fully.ts";

/** Told of what was typed. */
export interface LineEditorEvents {
  line(line: string): void;
  /** The end of the input: Ctrl-D. */
  end(): void;
}

/** How many lines the arrow keys reach. */
const HISTORY_SIZE = 1000;
const UP = (rows: number) => rows > 0 ? `\x1b[${rows}A` : "";
const CLEAR_DOWN = "\r\x1b[J";

/** Reads lines from the terminal. */
export class LineEditor {
  readonly #interface: Interface;
  #asking = false;
  #closed = false;

  /** @param history Lines to offer, oldest first. */
  constructor(history: readonly string[], events: LineEditorEvents) {
    const output = new TerminalOutput();
    this.#interface = createInterface({
      input: process.stdin,
      output,
      terminal: true,
      history: history.toReversed(),
      historySize: HISTORY_SIZE,
      removeHistoryDuplicates: true,
    });
    this.#interface.on("line", (line) => events.line(line));
    this.#interface.on("close", () => {
      if (!this.#closed) events.end();
    });
    Deno.addSignalListener("SIGWINCH", () => output.emit("resize"));
  }

  /** Whether nothing has been typed yet. */
  get isEmpty(): boolean {
    return this.#interface.line === "";
  }

  /** Lets the user type a line. */
  ask(prompt: string): void {
    this.#asking = true;
    Deno.stdin.setRaw(true, { cbreak: true });
    this.#interface.setPrompt(prompt);
    this.#interface.prompt();
  }

  /** Gives the terminal to the program that runs. */
  rest(): void {
    this.#asking = false;
    this.#interface.pause();
    Deno.stdin.setRaw(false);
  }

  /** Drops the line that is being typed and begins another one. */
  abandon(prompt: string): void {
    this.#interface.write(null, { ctrl: true, name: "e" }); // to its end
    writeFully(1, this.isEmpty ? CLEAR_DOWN : "^C\r\n");
    this.#dropLine();
    this.ask(prompt);
  }

  #dropLine(): void {
    const state = this.#interface as unknown as {
      line: string;
      cursor: number;
      prevRows: number;
    };
    state.line = "";
    state.cursor = 0;
    state.prevRows = 0;
  }

  /** Prints above the line that is being typed. */
  print(fd: 1 | 2, bytes: string): void {
    if (!this.#asking) {
      writeFully(fd, bytes);
      return;
    }
    const { rows } = this.#interface.getCursorPos();
    writeFully(1, UP(rows) + CLEAR_DOWN);
    writeFully(fd, bytes.endsWith("\n") ? bytes : bytes + "\n");
    (this.#interface as unknown as { prevRows: number }).prevRows = 0;
    this.#interface.prompt(true);
  }

  /** Gives the terminal back as it was. */
  close(): void {
    this.#closed = true;
    this.#interface.close();
    try {
      Deno.stdin.setRaw(false);
    } catch {
      // The terminal is gone.
    }
  }
}

/** The terminal's screen, written to at once, unlike process.stdout. */
class TerminalOutput extends Writable {
  readonly isTTY = true;

  get columns(): number {
    return Deno.consoleSize().columns;
  }

  override _write(
    chunk: Uint8Array,
    _encoding: string,
    done: () => void,
  ): void {
    writeFully(1, binaryString(chunk));
    done();
  }
}
