/**
 * The REPL of the real program on a pseudo terminal, which script(1) of
 * util-linux makes: keys go in, and the screen's output comes out.
 */
import assert from "node:assert/strict";
import { ROOT, TestFolder } from "../support/luamtev.ts";

const SCRIPT_MISSING = await hasScript()
  ? ""
  : " (skipped: script of util-linux is not installed)";
const DEADLINE = 40_000;
const CTRL_C = "\x03";
const CTRL_D = "\x04";
const UP = "\x1b[A";

async function hasScript(): Promise<boolean> {
  try {
    const { stdout } = await new Deno.Command("script", { args: ["-V"] })
      .output();
    return new TextDecoder().decode(stdout).includes("util-linux");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A session at the terminal. */
class Session implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #deadline: ReturnType<typeof setTimeout>;
  #output = "";

  constructor(history: string) {
    this.#child = new Deno.Command("script", {
      args: ["-qec", `${ROOT}bin/luamtev`, "/dev/null"],
      env: { LUAMTEV_HISTORY: history, TERM: "xterm" },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#reader = this.#child.stdout.getReader();
    this.#writer = this.#child.stdin.getWriter();
    this.#deadline = setTimeout(() => this.#child.kill("SIGKILL"), DEADLINE);
  }

  /** Types keys. */
  async type(keys: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(keys));
  }

  /** Waits until the screen has shown `text`, and forgets it and all before. */
  async shows(text: string): Promise<void> {
    const decoder = new TextDecoder();
    for (;;) {
      const plain = this.#output
        // deno-lint-ignore no-control-regex
        .replace(/\x1b\[[\d;?]*[A-Za-z]/g, "").replaceAll("\r", "");
      const at = plain.indexOf(text);
      if (at >= 0) {
        this.#output = plain.slice(at + text.length);
        return;
      }
      const { value, done } = await this.#reader.read();
      if (done) assert.fail(`never showed ${JSON.stringify(text)}: ${plain}`);
      this.#output += decoder.decode(value, { stream: true });
    }
  }

  /** What the screen shows up to the next dot. */
  async word(): Promise<string> {
    const decoder = new TextDecoder();
    while (!this.#output.includes(".")) {
      const { value, done } = await this.#reader.read();
      if (done) assert.fail("never showed a dot");
      this.#output += decoder.decode(value, { stream: true });
    }
    return this.#output.slice(0, this.#output.indexOf("."));
  }

  /** Types a line at the prompt and waits for what it shows. */
  async enter(line: string, shown: string): Promise<void> {
    await this.shows("> ");
    await this.type(line + "\r");
    await this.shows("\n"); // the echo is over
    await this.shows(shown);
  }

  /** Takes the terminal away. */
  hangUp(): void {
    this.#child.kill("SIGKILL");
  }

  /** The exit status, once the program has ended. */
  async ended(): Promise<number> {
    while (!(await this.#reader.read()).done);
    return (await this.#child.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#reader.cancel();
    clearTimeout(this.#deadline);
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#child.status;
  }
}

function replTest(
  name: string,
  body: (session: Session, history: string) => Promise<void>,
): void {
  Deno.test({
    name: name + SCRIPT_MISSING,
    ignore: SCRIPT_MISSING !== "",
    async fn() {
      using folder = new TestFolder();
      const history = `${folder.path}/state/history`;
      await using session = new Session(history);
      await session.shows("(Ctrl-D ends the session)\n");
      await body(session, history);
    },
  });
}

replTest("the REPL shows what code returns, readably", async (session) => {
  await session.enter("1 + 1", "2\n");
  await session.enter('= "a\\nb\\1", nil', '"a\\nb\\001"');
  await session.enter("x = {1, y = {2}}", "");
  await session.enter("x", "{ 1, y = { 2 } }\n");
  await session.enter("mtev.sleep(0.001) * 0 == mtev.timeval.seconds(0)", "\n");
  await session.enter('io.write("buffered") return 5', "buffered5\n");
});

replTest(
  "the REPL asks for the rest of what is incomplete",
  async (session) => {
    await session.enter("for i = 1, 2 do", "");
    await session.enter('print("line", i)', "");
    await session.enter("end", "line\t1\nline\t2\n".replaceAll("\t", "\t"));
  },
);

replTest("the REPL words errors as LuaJIT does", async (session) => {
  await session.enter("x x", "stdin:1: '=' expected near 'x'\n");
  await session.enter("function f() error('boom') end", "");
  await session.enter(
    "f()",
    "stdin:1: boom\nstack traceback:\n\t[C]: in function 'error'\n" +
      "\tstdin:1: in function 'f'\n\tstdin:1: in main chunk\n",
  );
});

replTest(
  "the REPL lets other coroutines print at the prompt",
  async (session) => {
    await session.enter(
      "mtev.coroutine_spawn(function() print('spawned', mtev.waitfor('k')) end)",
      "",
    );
    await session.enter(
      "mtev.coroutine_spawn(function() mtev.sleep(0.2) mtev.notify('k', 'v') end)",
      "",
    );
    await session.shows("> ");
    await session.type("40 +"); // and the line that is being typed stays
    await session.shows("40 +");
    await session.shows("spawned\tk\tv\n");
    await session.shows("> 40 +");
    await session.type(" 2\r");
    await session.shows("\n42\n");
  },
);

replTest("Ctrl-C drops a line, ends waits and busy loops", async (session) => {
  await session.shows("> ");
  await session.type("for");
  await session.shows("for");
  await session.type(CTRL_C);
  await session.enter("1 + 2", "3\n");
  await session.enter("print('waiting') mtev.sleep(1000)", "waiting\n");
  await session.type(CTRL_C);
  await session.shows("interrupted!\n");
  await session.enter("print('busy') while true do end", "busy\n");
  await session.type(CTRL_C);
  await session.shows("stdin:1: interrupted!\n");
  await session.enter("3 + 4", "7\n");
});

replTest(
  "Ctrl-D ends the REPL; os.exit does with its status",
  async (session) => {
    await session.shows("> ");
    await session.type(CTRL_D);
    assert.equal(await session.ended(), 0);
  },
);

replTest("the REPL keeps its history in a file", async (session, history) => {
  await session.enter("'first' .. 'line'", '"firstline"');
  await session.enter("os.exit(3)", "");
  assert.equal(await session.ended(), 3);
  assert.equal(
    Deno.readTextFileSync(history),
    "'first' .. 'line'\nos.exit(3)\n",
  );
  await using later = new Session(history);
  await later.shows("> ");
  await later.type(UP + UP);
  await later.shows("'first' .. 'line'");
  await later.type("\r");
  await later.shows('"firstline"');
});

for (
  const [what, code] of [
    ["at the prompt", ""],
    ["in a wait", "print('here') mtev.sleep(1000)"],
    ["in a busy loop", "print('here') while true do end"],
  ] as const
) {
  replTest(`the REPL ends when its terminal goes ${what}`, async (session) => {
    await session.enter(
      "'pid ' .. io.open('/proc/self/stat'):read('*n') .. '.'",
      '"pid ',
    );
    const pid = await session.word();
    await session.shows("> ");
    if (code !== "") {
      await session.type(code + "\r");
      await session.shows("here\n");
    }
    session.hangUp();
    // It is no child of ours, so nothing tells; the deadline of the test bounds it.
    while (isAlive(pid)) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });
}

/** Whether a process runs; init may be slow to take a zombie away. */
function isAlive(pid: string): boolean {
  try {
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
