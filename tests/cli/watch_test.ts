/** mtev-busted --watch of the real program. */
import assert from "node:assert/strict";
import { ROOT, TestFolder } from "../support/luamtev.ts";
import { watchWords } from "../../cli/watch.ts";

const DEADLINE = 60_000;

/** The text of a stream, up to where it has been waited for. */
class Text {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = "";

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** Waits for a text, and returns all up to its end. */
  async upTo(text: string): Promise<string> {
    for (;;) {
      const at = this.#text.indexOf(text);
      if (at >= 0) {
        const found = this.#text.slice(0, at + text.length);
        this.#text = this.#text.slice(at + text.length);
        return found;
      }
      const { value, done } = await this.#reader.read();
      if (done) {
        assert.fail(`never came ${JSON.stringify(text)}: ${this.#text}`);
      }
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }
}

Deno.test("--watch runs again after changes of Lua files alone, until Ctrl-C", async () => {
  using folder = new TestFolder();
  folder.write("spec/a_spec.lua", "it('first', function() end)");
  const child = new Deno.Command(`${ROOT}bin/mtev-busted`, {
    args: ["--watch", "-o", "TAP"],
    cwd: folder.path,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const deadline = setTimeout(() => child.kill("SIGKILL"), DEADLINE);
  const out = new Text(child.stdout), err = new Text(child.stderr);
  const watching = "watching for changes; Ctrl-C ends\n";
  assert.equal(await out.upTo("1..1\n"), "ok 1 - first\n1..1\n");
  await err.upTo(watching);
  folder.write("report.xml", "<a/>"); // no reason to run
  folder.write("src/lib.lua", "return 1");
  await err.upTo("mtev-busted: src/lib.lua has changed\n");
  assert.equal(await out.upTo("1..1\n"), "ok 1 - first\n1..1\n");
  await err.upTo(watching);
  folder.write("spec/a_spec.lua", "it('second', function() error('x') end)");
  await err.upTo("mtev-busted: spec/a_spec.lua has changed\n");
  assert.match(await out.upTo("1..1\n"), /^not ok 1 - second\n/);
  await err.upTo(watching);
  child.kill("SIGINT");
  assert.equal((await child.status).code, 130);
  clearTimeout(deadline);
  await Promise.all([out.cancel(), err.cancel()]);
});

Deno.test("watchWords() takes the word out, and leaves what is behind --", () => {
  const cases: [string[], boolean, string[]][] = [
    [["a", "--watch", "b"], true, ["a", "b"]],
    [["--watch", "--no-watch"], false, []],
    [["--", "--watch"], false, ["--", "--watch"]],
    [["spec"], false, ["spec"]],
  ];
  for (const [words, watches, rest] of cases) {
    assert.deepEqual(watchWords(words), { watches, rest });
  }
});
