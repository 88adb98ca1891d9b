import { deepStrictEqual } from "node:assert/strict";
import { Configuration } from "../../../runtime/conf/configuration.ts";
import { ConfJournal } from "../../../runtime/conf/journal.ts";
import { loadXmlLibrary } from "../../../runtime/xml/library.ts";

const library = await loadXmlLibrary();

/** A clock that a test moves: timers that are due are called. */
class TestClock {
  #now = 0;
  readonly #timers = new Map<object, { due: number; callback: () => void }>();

  timer(delayMs: number, callback: () => void) {
    const timer = {
      cancel: () => {
        this.#timers.delete(timer);
      },
    };
    this.#timers.set(timer, { due: this.#now + delayMs, callback });
    return timer;
  }

  move(ms: number): void {
    this.#now += ms;
    for (const [timer, { due, callback }] of [...this.#timers]) {
      if (due > this.#now) continue;
      this.#timers.delete(timer);
      callback();
    }
  }

  get size(): number {
    return this.#timers.size;
  }
}

Deno.test("the journal hears of many changes once, when they have come to rest", () => {
  using configuration = new Configuration(library, { text: "<a><b/></a>" });
  const clock = new TestClock();
  const heard: (string | undefined)[] = [];
  const journal = new ConfJournal(
    configuration,
    clock as unknown as ConstructorParameters<typeof ConfJournal>[1],
    5,
    () => heard.push(configuration.get("/a/b")),
  );
  for (let round = 0; round < 10; round++) {
    configuration.set("/a/b", String(round));
    clock.move(4900);
  }
  deepStrictEqual(heard, []);
  clock.move(100);
  deepStrictEqual(heard, ["9"]);
  clock.move(60_000);
  deepStrictEqual(heard, ["9"]);
  configuration.set("/a/b", "last");
  journal[Symbol.dispose]();
  configuration.set("/a/b", "unheard");
  clock.move(60_000);
  deepStrictEqual(heard, ["9"]);
  deepStrictEqual(clock.size, 0);
});
