/**
 * When a log file is moved aside, and which of those that were are removed.
 *
 * By time: at the multiples of a period. By size: at the first write beyond it,
 * and at a look every five seconds, but at most once a second, for the second
 * is in the name. Specification: runtime.md §2.5.
 */
import type { Eventer } from "../eventer/eventer.ts";
import type { Timer } from "../eventer/timers.ts";
import { readFolder } from "../posix/directories.ts";
import { stat, unlink } from "../posix/files.ts";
import { realtime } from "../time/clock.ts";
import type { FileSink } from "./file_sink.ts";

/** Seconds and bytes; what is absent or 0 does not happen. */
export interface RotationRules {
  readonly rotateSeconds?: number;
  /** Files moved aside longer ago are removed when time rotates. */
  readonly retainSeconds?: number;
  readonly rotateBytes?: number;
  /** When size rotates, older files go while the younger ones exceed this. */
  readonly retainBytes?: number;
}

/** How often files that may have grown or moved are looked at, in ms. */
const LOOK = 5000;

/** A timer is not set further ahead, since clocks are put right, in ms. */
const FAR = 60_000;

/** See the head of this file. */
export class Rotation implements Disposable {
  readonly #sink: FileSink;
  readonly #rules: RotationRules;
  readonly #eventer: Pick<Eventer, "timer">;
  readonly #now: () => number;
  #timers = new Map<"size" | "time", Timer>();
  #rotatedAt = 0;
  #period = 0;

  /**
   * @param sink What to rotate.
   * @param rules When. Whatever they say, the path is looked at every five
   * seconds, and followed when somebody else has moved the file.
   * @param eventer Whose timers to use.
   * @param now Gives seconds since 1970.
   */
  constructor(
    sink: FileSink,
    rules: RotationRules,
    eventer: Pick<Eventer, "timer">,
    now: () => number = () => realtime() / 1e6,
  ) {
    this.#sink = sink;
    this.#rules = rules;
    this.#eventer = eventer;
    this.#now = now;
    const { rotateBytes = 0, rotateSeconds = 0 } = rules;
    if (rotateBytes > 0) {
      sink.limit = rotateBytes;
      sink.onLimit = () => this.#checkSize();
    }
    if (rotateSeconds > 0) {
      this.#period = Math.floor(now() / rotateSeconds);
      this.#awaitPeriod(rotateSeconds);
    }
    this.#awaitLook();
  }

  #awaitLook(): void {
    const look = () => {
      this.#sink.reopen();
      this.#checkSize();
      this.#awaitLook();
    };
    this.#timers.set("size", this.#eventer.timer(LOOK, look));
  }

  #awaitPeriod(seconds: number): void {
    const next = (Math.floor(this.#now() / seconds) + 1) * seconds;
    const delay = Math.min((next - this.#now()) * 1000, FAR);
    this.#timers.set(
      "time",
      this.#eventer.timer(delay, () => {
        const period = Math.floor(this.#now() / seconds);
        if (period > this.#period) {
          this.#period = period;
          this.#rotate("time");
        }
        this.#awaitPeriod(seconds);
      }),
    );
  }

  #checkSize(): void {
    const { rotateBytes = 0 } = this.#rules;
    if (rotateBytes === 0 || this.#sink.size <= rotateBytes) return;
    if (Math.floor(this.#now()) !== this.#rotatedAt) this.#rotate("size");
  }

  #rotate(reason: "size" | "time"): void {
    const now = Math.floor(this.#now());
    this.#rotatedAt = now;
    if (!this.#sink.rotate(now)) return;
    const files = rotatedFiles(this.#sink.place);
    const { retainBytes, retainSeconds } = this.#rules;
    const expired = reason === "size"
      ? beyondBytes(files, retainBytes)
      : beyondAge(files, now, retainSeconds);
    for (const { path } of expired) unlink(path);
  }

  /** Ends it; the file stays as it is. */
  [Symbol.dispose](): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.#sink.limit = Infinity;
  }
}

/** A file that was moved aside. */
export interface RotatedFile {
  readonly path: string;
  /** When, in seconds since 1970. */
  readonly seconds: number;
  readonly size: number;
}

/**
 * The files that were moved aside, the youngest first.
 *
 * @param path The path of the log file.
 */
export function rotatedFiles(path: string): RotatedFile[] {
  const slash = path.lastIndexOf("/");
  const folder = path.slice(0, slash + 1);
  const start = path.slice(slash + 1) + ".";
  const names = readFolder(folder === "" ? "." : folder);
  if (typeof names === "number") return [];
  const files: RotatedFile[] = [];
  for (const name of names) {
    const suffix = name.slice(start.length);
    if (!name.startsWith(start) || !/^[0-9]{2,}$/.test(suffix)) continue;
    const status = stat(folder + name);
    const size = typeof status === "number" ? 0 : status.size;
    files.push({ path: folder + name, seconds: Number(suffix), size });
  }
  return files.sort((a, b) => b.seconds - a.seconds);
}

/** Those before which `limit` was exceeded already; it itself may cross it. */
function beyondBytes(
  files: readonly RotatedFile[],
  limit: number | undefined,
): RotatedFile[] {
  if (limit === undefined) return [];
  let younger = 0;
  return files.filter(({ size }) => {
    const expired = younger > limit;
    younger += size;
    return expired;
  });
}

function beyondAge(
  files: readonly RotatedFile[],
  now: number,
  limit: number | undefined,
): RotatedFile[] {
  if (limit === undefined) return [];
  return files.filter(({ seconds }) => now - seconds > limit);
}
