/**
 * Loaded before each test file (`deno test --preload`): when the tests of the
 * file have run, no more descriptors may be open than before. Deno's own
 * sanitizers do not see what is opened through FFI.
 */
import { openDescriptors } from "../../runtime/posix/descriptors.ts";

/** How long Deno may take to close what belongs to an ended child, in ms. */
const DEADLINE = 5000;

/**
 * Deno's workers own an epoll and an eventfd each, closed at a time that
 * nothing tells. An eventer that leaks is betrayed by its timerfd.
 */
const UNTOLD = new Set(["anon_inode:[eventpoll]", "anon_inode:[eventfd]"]);

await warmUp();
const before = await settled();

Deno.test.afterAll(async () => {
  const end = performance.now() + DEADLINE;
  let after = counted();
  while (after.size > before.size && performance.now() < end) {
    await pause();
    after = counted();
  }
  if (after.size <= before.size) return;
  const opened = [...after]
    .filter(([fd, target]) => before.get(fd) !== target)
    .map(([fd, target]) => `${fd}=${target}`);
  throw new Error(`Descriptors were left open: ${opened.join(" ")}`);
});

function counted(): Map<number, string> {
  return new Map([...openDescriptors()].filter(([, to]) => !UNTOLD.has(to)));
}

/** The descriptors once those of the warm-up's child are closed. */
async function settled(): Promise<Map<number, string>> {
  let last = counted();
  for (let same = 0; same < 3;) {
    await pause();
    const now = counted();
    same = now.size === last.size ? same + 1 : 0;
    last = now;
  }
  return last;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}

/** Makes Deno open what it keeps for itself from the first use on. */
async function warmUp(): Promise<void> {
  await new Deno.Command("true").output();
  const listener = () => {};
  Deno.addSignalListener("SIGUSR2", listener);
  Deno.removeSignalListener("SIGUSR2", listener);
  // libffi keeps the program's file open once it has made a callback.
  const callback = { parameters: [], result: "void" } as const;
  new Deno.UnsafeCallback(callback, listener).close();
  const url = URL.createObjectURL(new Blob(["self.postMessage(1)"]));
  const worker = new Worker(url, { type: "module" });
  await new Promise((resolve) => worker.onmessage = resolve);
  worker.terminate();
  URL.revokeObjectURL(url);
}
