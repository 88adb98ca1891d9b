import assert from "node:assert/strict";
import { configureLogs } from "../../../runtime/log/configure.ts";
import { Logs } from "../../../runtime/log/logs.ts";
import { FileSink } from "../../../runtime/log/file_sink.ts";
import {
  rotatedFiles,
  Rotation,
  type RotationRules,
} from "../../../runtime/log/rotation.ts";
import { openDescriptors } from "../../../runtime/posix/descriptors.ts";
import { ROOT } from "../../support/luamtev.ts";
import { withFolder } from "../../support/folder.ts";
import type { Eventer } from "../../../runtime/eventer/eventer.ts";

/** A clock and timers that a test moves on, and a log file in a folder. */
class Scene implements Disposable {
  now = 1_000_000;
  readonly path: string;
  readonly sink: FileSink;
  readonly complaints: string[] = [];
  readonly #rotation: Rotation;
  readonly #timers = new Set<{ due: number; run: () => void }>();

  constructor(readonly folder: string, rules: RotationRules) {
    this.path = `${folder}/a.log`;
    this.sink = new FileSink(
      this.path,
      "file",
      (text) => this.complaints.push(text),
    );
    const eventer = {
      timer: (delay: number, run: () => void) => {
        const timer = { due: this.now + delay / 1000, run };
        this.#timers.add(timer);
        return { cancel: () => this.#timers.delete(timer) };
      },
    } as unknown as Pick<Eventer, "timer">;
    this.#rotation = new Rotation(this.sink, rules, eventer, () => this.now);
  }

  /** Lets time go by, second by second. */
  pass(seconds: number): void {
    for (const end = this.now + seconds; this.now < end;) {
      this.now++;
      for (const timer of [...this.#timers]) {
        if (timer.due > this.now) continue;
        this.#timers.delete(timer);
        timer.run();
      }
    }
  }

  fill(bytes: number): void {
    for (let i = 0; i < bytes; i += 100) this.sink.write("x".repeat(99) + "\n");
  }

  /** What was moved aside, the oldest first: seconds and size. */
  get aside(): string[] {
    return rotatedFiles(this.path).reverse()
      .map(({ seconds, size }) => `${seconds} ${size}`);
  }

  [Symbol.dispose](): void {
    this.#rotation[Symbol.dispose]();
    assert.equal(this.#timers.size, 0);
    this.sink[Symbol.dispose]();
    assert.deepEqual(this.complaints, []);
  }
}

function scene(rules: RotationRules, body: (scene: Scene) => void): void {
  withFolder((folder) => {
    using it = new Scene(folder, rules);
    body(it);
  });
}

Deno.test("a file is moved aside as soon as it is too long", () =>
  scene({ rotateBytes: 1000 }, (it) => {
    it.fill(1000);
    assert.deepEqual(it.aside, []);
    it.fill(100);
    assert.deepEqual(it.aside, ["1000000 1100"]);
    assert.equal(it.sink.size, 0);
  }));

Deno.test("it is so once a second at most, and without further lines", () =>
  scene({ rotateBytes: 1000 }, (it) => {
    it.fill(5000);
    assert.deepEqual(it.aside, ["1000000 1100"]);
    it.pass(5);
    assert.deepEqual(it.aside, ["1000000 1100", "1000005 3900"]);
    it.pass(60);
    assert.equal(it.aside.length, 2, "an idle file stays");
  }));

Deno.test("a clock that is put back does not stop that", () =>
  scene({ rotateBytes: 1000 }, (it) => {
    it.fill(1100);
    it.now -= 3600;
    it.fill(1100);
    it.pass(5);
    assert.equal(it.aside.length, 2);
  }));

Deno.test("retain_bytes keeps the file that crosses it", () =>
  scene({ rotateBytes: 1000, retainBytes: 2500 }, (it) => {
    for (let i = 0; i < 6; i++) {
      it.fill(1100);
      it.pass(1);
    }
    assert.deepEqual(it.aside, [
      "1000003 1100",
      "1000004 1100",
      "1000005 1100",
    ]);
  }));

Deno.test("without a limit nothing is removed", () =>
  scene({ rotateBytes: 1000, retainSeconds: 1 }, (it) => {
    for (let i = 0; i < 6; i++) {
      it.fill(1100);
      it.pass(10);
    }
    assert.equal(it.aside.length, 6);
  }));

Deno.test("only the log's own files are removed", () =>
  scene({ rotateBytes: 1000, retainBytes: 1 }, (it) => {
    const others = ["a.log.1", "a.log.12x", "a.log.old", "b.log.123", "a.log2"];
    for (const name of others) {
      Deno.writeTextFileSync(`${it.folder}/${name}`, "x".repeat(9999));
    }
    for (let i = 0; i < 3; i++) {
      it.fill(1100);
      it.pass(1);
    }
    assert.deepEqual(it.aside, ["1000002 1100"]);
    for (const name of others) Deno.statSync(`${it.folder}/${name}`);
  }));

Deno.test("time moves a file aside at multiples of the period", () =>
  scene({ rotateSeconds: 600, retainSeconds: 1300 }, (it) => {
    it.fill(100);
    it.pass(199);
    assert.deepEqual(it.aside, []);
    it.pass(1);
    assert.deepEqual(it.aside, ["1000200 100"]);
    it.fill(200);
    it.pass(1200);
    assert.deepEqual(it.aside, ["1000200 100", "1000800 200", "1001400 0"]);
    it.pass(600);
    assert.deepEqual(it.aside, ["1000800 200", "1001400 0", "1002000 0"]);
  }));

Deno.test("both rules work side by side", () =>
  scene({ rotateSeconds: 600, rotateBytes: 1000 }, (it) => {
    it.fill(1100);
    it.pass(200);
    it.fill(300);
    it.pass(600);
    assert.deepEqual(it.aside, ["1000000 1100", "1000200 0", "1000800 300"]);
  }));

Deno.test("a file that others move or fill is followed", () =>
  scene({ rotateBytes: 1000 }, (it) => {
    Deno.renameSync(it.path, `${it.path}.theirs`);
    it.pass(5);
    it.fill(100);
    assert.equal(Deno.statSync(it.path).size, 100);
    Deno.writeTextFileSync(it.path, "x".repeat(1500), { append: true });
    it.pass(5);
    assert.deepEqual(it.aside, ["1000010 1600"]);
  }));

Deno.test("rotation under load loses nothing: 1,000,000 lines counted back", () =>
  withFolder((folder) => {
    const path = `${folder}/a.log`;
    let now = 1_000_000;
    const before = openDescriptors().size;
    const logs = new Logs({
      stdout() {},
      stderr: (text) => assert.fail(text),
      eventer: { post() {}, timer: () => ({ cancel() {} }) as never },
    });
    logs.goAsync();
    configureLogs(logs, [{ name: "f", type: "file", path }]);
    const stream = logs.get("f");
    const sink = stream.sink as FileSink;
    sink.rotation?.[Symbol.dispose]();
    sink.rotation = new Rotation(
      sink,
      { rotateBytes: 102_400 },
      logs.options.eventer!,
      () => ++now, // a second a look, so that every one may rotate
    );
    for (let i = 0; i < 1_000_000; i++) {
      stream.log(String(i).padStart(7, "0") + "\n");
    }
    assert.equal(openDescriptors().size, before + 1);
    logs[Symbol.dispose]();
    assert.equal(openDescriptors().size, before);
    const files = rotatedFiles(path).reverse();
    assert.ok(files.length >= 40, `${files.length} files`);
    let next = 0;
    for (const file of [...files.map(({ path }) => path), path]) {
      const text = Deno.readTextFileSync(file);
      for (let at = 0; at < text.length; at += 8) {
        if (Number(text.slice(at, at + 8)) !== next++) {
          assert.fail(`${file}: line ${next - 1} is not there`);
        }
      }
    }
    assert.equal(next, 1_000_000);
  }));

const RECORDING = `${ROOT}tests/conformance/runtime/logs/rotate_app_enabled`;

/**
 * The rows of the recording that were taken six seconds after filling: which
 * files each log had, with their sizes.
 */
function recordedRows(): Map<string, number[]>[] {
  return Deno.readTextFileSync(`${RECORDING}/drive.out`).split("\n")
    .filter((row) => row.includes("+6s")).map((row) => {
      const files = new Map<string, number[]>();
      for (const [, log, size] of row.matchAll(/(r\d)\.log\S*=(\d+)/g)) {
        files.set(log!, [...files.get(log!) ?? [], Number(size)]);
      }
      return files;
    });
}

for (
  const [log, retainBytes] of [
    ["r1", 150_000],
    ["r2", undefined],
    ["r3", 1],
  ] as const
) {
  Deno.test(`${log} of the recorded application rotates as there`, () =>
    scene({
      rotateBytes: 102_400,
      ...(retainBytes !== undefined && { retainBytes }),
    }, (it) => {
      const rows = recordedRows();
      assert.equal(rows.length, 4);
      let written = 0;
      for (const row of rows) {
        // As there: what was written since, the last file of the row.
        const bytes = row.get(log)!.at(-1)!;
        it.fill(bytes);
        written += Math.ceil(bytes / 100) * 100;
        it.pass(6);
        const [live] = row.get(log)!;
        assert.deepEqual([it.sink.size, live], [0, 0]);
        // On purpose: a file is moved as soon as it is too long, so there are
        // two for one of the recording, and r2 keeps all, since the limit of
        // another log is none of its own.
        const sizes = rotatedFiles(it.path).map(({ size }) => size);
        const total = sizes.reduce((sum, size) => sum + size, 0);
        if (retainBytes === undefined) assert.equal(total, written);
        else {
          const younger = total - sizes.at(-1)!;
          assert.ok(younger <= retainBytes, `${sizes} are kept`);
          assert.ok(total > retainBytes || total === written, `${sizes}`);
        }
      }
    }));
}
