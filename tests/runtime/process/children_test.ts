/** Starting children: arguments, environment, pipes, refusals, what stays open. */
import assert from "node:assert/strict";
import { PENDING, Stream } from "../../../runtime/net/stream.ts";
import type { Eventer } from "../../../runtime/eventer/eventer.ts";
import { close, openDescriptors } from "../../../runtime/posix/descriptors.ts";
import type { PosixError } from "../../../runtime/posix/posix_error.ts";
import type { Children } from "../../../runtime/process/children.ts";
import { wexitstatus } from "../../../runtime/process/wait_status.ts";
import { childrenTest, closePipes, ended } from "../../support/children.ts";
import { TestFolder } from "../../support/luamtev.ts";

/** Runs a program to its end; gives its output. */
async function output(
  children: Children,
  eventer: Eventer,
  path: string,
  argv: string[],
  env: string[] = [],
): Promise<string> {
  const child = children.spawn(path, argv, env);
  close(child.stdin);
  close(child.stderr);
  using stdout = Stream.of(eventer, child.stdout);
  const first = stdout.read(Infinity);
  const text = first === PENDING
    ? await new Promise<string | undefined>((resolve) =>
      stdout.waitRead(Infinity, resolve)
    )
    : first;
  await ended(child.process);
  return text ?? "";
}

childrenTest(
  "spawn() passes argv as it is, the name too",
  async (children, eventer) => {
    const print = 'printf "%s|" "$0" "$@"';
    for (const argv of [["sh"], ["-x y", "", "a\nb", "\xff\x80", "$HOME"]]) {
      const [name, ...rest] = argv;
      const text = await output(children, eventer, "/bin/sh", [
        "sh",
        "-c",
        print,
        name!,
        ...rest,
      ]);
      assert.equal(text, argv.map((word) => word + "|").join(""));
    }
    const cat = await output(children, eventer, "/bin/sh", [
      "another name",
      "-c",
      "tr '\\0' '|' </proc/$$/cmdline",
    ]);
    assert.equal(cat, "another name|-c|tr '\\0' '|' </proc/$$/cmdline|");
  },
);

childrenTest(
  "spawn() gives exactly the environment it was given",
  async (children, eventer) => {
    const env = ["A=1", "B=x=y=z", "C=two\nlines", "D=\xe4\xff", "E="];
    const print = (list: string[]) =>
      output(children, eventer, "/usr/bin/env", ["env", "-0"], list);
    assert.equal(await print(env), env.map((one) => one + "\0").join(""));
    assert.equal(await print([]), "");
  },
);

childrenTest(
  "spawn() finds programs in the PATH, and paths with odd bytes",
  async (children, eventer) => {
    using folder = new TestFolder();
    const path = folder.write("a b\u00e4\n.sh", "#!/bin/sh\necho found\n");
    Deno.chmodSync(path, 0o755);
    const bytes = String.fromCharCode(...new TextEncoder().encode(path));
    assert.equal(await output(children, eventer, bytes, ["x"]), "found\n");
    const echo = ["sh", "-c", "echo path"];
    assert.equal(await output(children, eventer, "sh", echo), "path\n");
  },
);

childrenTest(
  "spawn() says why a program cannot be started, and leaves nothing open",
  (children) => {
    using folder = new TestFolder();
    const plain = folder.write("plain", "no program");
    const code = (path: string) => {
      try {
        closePipes(children.spawn(path, ["x"], []));
      } catch (error) {
        return (error as PosixError).code;
      }
    };
    assert.equal(code("/nonexistent"), "ENOENT"); // also starts the watch
    const before = openDescriptors().size;
    assert.equal(code("no such program in any folder"), "ENOENT");
    assert.equal(code(folder.path), "EACCES");
    assert.equal(code(plain), "EACCES");
    Deno.chmodSync(plain, 0o755);
    assert.equal(code(plain), "ENOEXEC");
    assert.equal(openDescriptors().size, before);
    assert.equal(children.size, 0);
  },
);

childrenTest(
  "a child has no end of another child's pipes, nor of its own watch",
  async (children, eventer) => {
    // Whoever runs the tests may have left this process pipes to inherit.
    const before = new Set(openDescriptors().values());
    const other = children.spawn("/bin/cat", ["cat"], []);
    const opened = [...openDescriptors().values()].filter((to) =>
      to.startsWith("pipe:") && !before.has(to)
    );
    assert.equal(opened.length, 4);
    const listed = await output(children, eventer, "/bin/sh", [
      "sh",
      "-c",
      "readlink /proc/self/fd/*",
    ]);
    assert.deepEqual(opened.filter((to) => listed.includes(to)), []);
    closePipes(other);
    assert.equal(await ended(other.process), 0);
  },
);

childrenTest(
  "a child's ends of the pipes block, also when it writes much",
  async (children, eventer) => {
    // dd fails with EAGAIN on a nonblocking descriptor.
    const text = await output(children, eventer, "/bin/dd", [
      "dd",
      "if=/dev/zero",
      "bs=65536",
      "count=20",
    ]);
    assert.equal(text.length, 20 * 65536);
  },
);

Deno.test("disposing kills the children that run and leaves no descriptor", async () => {
  const { Eventer } = await import("../../../runtime/eventer/eventer.ts");
  const { Children } = await import("../../../runtime/process/children.ts");
  await using eventer = new Eventer();
  const before = openDescriptors().size;
  const children = new Children(eventer);
  const all = Array.from({ length: 20 }, () => {
    const child = children.spawn(
      "/bin/sh",
      ["sh", "-c", "trap '' TERM; exec sleep 1000"],
      [],
    );
    closePipes(child);
    return child.process;
  });
  children[Symbol.dispose]();
  for (const child of all) assert.equal(child.status, 9);
  assert.equal(children.size, 0);
  assert.equal(openDescriptors().size, before);
});

childrenTest(
  "1,000 children in a row: each status right, no zombie, nothing left open",
  async (children) => {
    const run = async (code: number) => {
      const child = children.spawn("/bin/sh", ["sh", "-c", `exit ${code}`], []);
      closePipes(child);
      assert.equal(wexitstatus(await ended(child.process)), code);
    };
    await run(0);
    const before = openDescriptors().size;
    for (let i = 0; i < 1000; i++) await run(i & 255);
    assert.equal(children.size, 0);
    assert.equal(openDescriptors().size, before);
    assert.deepEqual(zombies(), []);
  },
);

/** The zombies among this process's children. */
function zombies(): string[] {
  const { stdout } = new Deno.Command("ps", {
    args: ["-o", "pid=,stat=", "--ppid", String(Deno.pid)],
  }).outputSync();
  return new TextDecoder().decode(stdout).split("\n").filter((line) =>
    / Z/.test(line)
  );
}
