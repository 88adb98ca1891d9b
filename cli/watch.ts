/**
 * `mtev-busted --watch`: runs the suite again, each time in a fresh process,
 * whenever a Lua file or the configuration in the current folder has changed.
 * Only a signal ends it. Reports that a run writes start no further run.
 */
import { encodeText } from "../lua/text.ts";
import { writeFully } from "../runtime/posix/write_fully.ts";

const EXIT_INTERRUPTED = 130;

/** Editors write a file in several steps; these are one change. In ms. */
const SETTLE = 100;

/** What a change of starts a run. */
const WATCHED = /(?:\.lua|\.moon|\/\.busted|\/\.luacov)$/;

/** Whether the words ask to watch, and the other ones. */
export function watchWords(
  words: readonly string[],
): { readonly watches: boolean; readonly rest: string[] } {
  const end = words.indexOf("--");
  const options = end < 0 ? words : words.slice(0, end);
  return {
    watches: options.lastIndexOf("--watch") > options.lastIndexOf("--no-watch"),
    rest: [
      ...options.filter((word) => word !== "--watch" && word !== "--no-watch"),
      ...(end < 0 ? [] : words.slice(end)),
    ],
  };
}

/**
 * Runs the suite now and after each change.
 *
 * @param words The words of a single run.
 * @returns Never; Ctrl-C ends the process with status 130.
 */
export async function watch(words: readonly string[]): Promise<never> {
  const changes = new Changes();
  let child: Deno.ChildProcess | undefined;
  Deno.addSignalListener("SIGINT", async () => {
    // A terminal has told the child, too; who is told twice ends at once.
    await child?.status;
    Deno.exit(EXIT_INTERRUPTED);
  });
  Deno.addSignalListener("SIGTERM", () => {
    child?.kill("SIGTERM");
    Deno.exit(EXIT_INTERRUPTED);
  });
  const launcher = new URL("../bin/mtev-busted", import.meta.url).pathname;
  for (;;) {
    child = new Deno.Command(decodeURIComponent(launcher), {
      args: [...words],
    }).spawn();
    await child.status;
    child = undefined;
    say("watching for changes; Ctrl-C ends");
    say(`${await changes.next()} has changed`);
  }
}

function say(sentence: string): void {
  writeFully(2, encodeText(`mtev-busted: ${sentence}\n`));
}

/** A file in a folder whose changes start a run. */
function findWatched(folder: string): string | undefined {
  try {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      const path = `${folder}/${name}`;
      if (WATCHED.test(path)) return path;
      const found = isDirectory ? findWatched(path) : undefined;
      if (found !== undefined) return found;
    }
  } catch {
    // No folder, or gone again.
  }
  return undefined;
}

/** The changes in the current folder since the last one that was taken. */
class Changes {
  readonly #folder = Deno.cwd();
  #changed: string | undefined;
  #notify: (() => void) | undefined;

  constructor() {
    const watcher = Deno.watchFs(".", { recursive: true });
    (async () => {
      for await (const { kind, paths } of watcher) {
        if (kind === "access") continue;
        const path = paths.find((path) => WATCHED.test(path));
        if (path !== undefined) this.#add(path);
        else if (kind === "create") this.#addContents(paths);
      }
    })();
  }

  #add(path: string): void {
    this.#changed = path;
    this.#notify?.();
  }

  /** A new folder is not watched at once: what came with it would be missed. */
  #addContents(folders: readonly string[]): void {
    setTimeout(() => {
      const file = folders.map(findWatched).find((path) => path !== undefined);
      if (file !== undefined) this.#add(file);
    }, SETTLE / 2); // before the change that it belongs to is settled
  }

  /** Waits for a change and for it to settle; the path that changed last. */
  async next(): Promise<string> {
    while (this.#changed === undefined) {
      await new Promise<void>((resolve) => this.#notify = resolve);
    }
    await new Promise((resolve) => setTimeout(resolve, SETTLE));
    const path = this.#changed;
    this.#changed = undefined;
    const prefix = `${this.#folder}/`;
    return path.startsWith(prefix)
      ? path.slice(prefix.length).replace(/^\.\//, "")
      : path;
  }
}
