/**
 * Tells of changes of a configuration when they have come to rest, so that
 * whoever copies it elsewhere does so once for many. Specification: runtime.md
 * §1.10.
 */
import type { Eventer } from "../eventer/eventer.ts";
import type { Timer } from "../eventer/timers.ts";
import type { Configuration } from "./configuration.ts";

/** See the head of this file. Dispose it to hear no more. */
export class ConfJournal implements Disposable {
  readonly #configuration: Configuration;
  readonly #changed: () => void;
  #timer: Timer | undefined;

  /**
   * @param eventer Keeps the time.
   * @param seconds How long nothing must change.
   * @param callback Called on the loop then.
   *
   * @example
   * ```ts
   * import { Eventer } from "../eventer/eventer.ts";
   * import { loadXmlLibrary } from "../xml/library.ts";
   * import { Configuration } from "./configuration.ts";
   * import { ConfJournal } from "./journal.ts";
   *
   * await using eventer = new Eventer();
   * using configuration = new Configuration(
   *   await loadXmlLibrary(),
   *   { text: "<app><a/></app>" },
   * );
   * const copied = await new Promise<string>((resolve) => {
   *   new ConfJournal(configuration, eventer, 0.01, () => {
   *     resolve(configuration.document.format("utf8"));
   *   });
   *   configuration.set("/app/a", "1");
   *   configuration.set("/app/a", "2");
   * });
   * console.log(copied.includes("<a>2</a>")); // true
   * ```
   */
  constructor(
    configuration: Configuration,
    eventer: Pick<Eventer, "timer">,
    seconds: number,
    callback: () => void,
  ) {
    this.#configuration = configuration;
    this.#changed = () => {
      this.#timer?.cancel();
      this.#timer = eventer.timer(seconds * 1000, () => {
        this.#timer = undefined;
        callback();
      });
    };
    configuration.listeners.add(this.#changed);
  }

  [Symbol.dispose](): void {
    this.#configuration.listeners.delete(this.#changed);
    this.#timer?.cancel();
  }
}
