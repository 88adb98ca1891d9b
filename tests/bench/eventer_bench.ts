/**
 * How fast the eventer is: passes, posts, timers, descriptors, sleeping. Prints one line a figure;
 * run it with `deno run -A tests/bench/eventer_bench.ts`. It judges nothing: figures of two runs
 * on one machine can be compared, others cannot.
 */
import { Eventer } from "../../runtime/eventer/eventer.ts";
import { close, pipe, read, write } from "../../runtime/posix/descriptors.ts";

const DURATION_MS = 500;

function report(name: string, perSecond: number): void {
  const figure = Math.round(perSecond).toLocaleString("en");
  console.log(`${name.padEnd(50)} ${figure.padStart(12)} /s`);
}

/** Repeats something that calls back until the time is up; gives the number a second. */
async function rate(
  eventer: Eventer,
  again: (next: () => void) => void,
): Promise<number> {
  let count = 0;
  const start = eventer.now();
  const next = () => {
    count++;
    if ((count & 15) === 0 && eventer.now() - start > DURATION_MS) {
      eventer.stop();
    } else again(next);
  };
  again(next);
  await eventer.run();
  return count / (eventer.now() - start) * 1e3;
}

async function measure(kind: string, exclusive: boolean): Promise<void> {
  await using eventer = new Eventer({ autoRun: false, exclusive });
  const zero = (next: () => void) => void eventer.timer(0, next);
  await rate(eventer, zero);
  report(`${kind}: zero timers, one a pass`, await rate(eventer, zero));
  const { readFd, writeFd } = pipe();
  const idle = eventer.waitFd(readFd, "read", () => {});
  report(`${kind}: the same, a descriptor watched`, await rate(eventer, zero));
  const pending = Array.from(
    { length: 100_000 },
    (_, index) => eventer.timer(3_600_000 + index % 977, () => {}),
  );
  report(
    `${kind}: the same, 100,000 timers pending`,
    await rate(eventer, zero),
  );
  for (const timer of pending) timer.cancel();
  idle.cancel();
  report(
    `${kind}: posts`,
    await rate(eventer, (next) => eventer.post(next)),
  );
  const byte = new Uint8Array(1);
  report(
    `${kind}: write, wait, read a byte of a pipe`,
    await rate(eventer, (next) => {
      write(writeFd, byte);
      eventer.waitFd(readFd, "read", () => {
        read(readFd, byte);
        next();
      });
    }),
  );
  for (const delay of [1, 0.2]) {
    report(
      `${kind}: sequential sleeps of ${delay} ms`,
      await rate(eventer, (next) => void eventer.timer(delay, next)),
    );
  }
  report(
    `${kind}: posts from Deno's callbacks`,
    await rate(eventer, (next) => {
      setImmediate(() => eventer.post(next));
    }),
  );
  report(
    `${kind}: jobs, one after the other`,
    await rate(eventer, (next) => {
      eventer.job(() => Promise.resolve(), next);
    }),
  );
  eventer.forgetFd(readFd);
  close(readFd);
  close(writeFd);
}

async function measureTimers(): Promise<void> {
  await using eventer = new Eventer({ autoRun: false });
  const count = 100_000;
  for (let round = 0; round < 2; round++) {
    const start = eventer.now();
    const timers = Array.from(
      { length: count },
      (_, index) => eventer.timer(1000 + (index * 7919) % 1000, () => {}),
    );
    const created = eventer.now();
    for (const timer of timers) timer.cancel();
    const cancelled = eventer.now();
    if (round === 0) continue;
    report("timers created", count / (created - start) * 1e3);
    report("timers cancelled", count / (cancelled - created) * 1e3);
  }
}

console.log(
  `deno ${Deno.version.deno}, v8 ${Deno.version.v8}, ${Deno.build.target}, ` +
    `${navigator.hardwareConcurrency} cores`,
);
await measure("polite", false);
await measure("exclusive", true);
await measureTimers();
