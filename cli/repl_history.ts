/**
 * The lines typed at the REPL in earlier sessions, kept in a file to which
 * sessions that run at the same time all append.
 *
 * A file that cannot be read or written is no reason to stop: then the lines of
 * this session are all there is.
 */

/** How many lines are offered again. */
const KEPT = 1000;

/**
 * Where the history is kept: `LUAMTEV_HISTORY` names the file, an empty value
 * means none.
 */
export function historyFile(): string | undefined {
  const named = Deno.env.get("LUAMTEV_HISTORY");
  if (named !== undefined) return named === "" ? undefined : named;
  const home = Deno.env.get("HOME");
  const folder = Deno.env.get("XDG_STATE_HOME") ||
    (home && `${home}/.local/state`);
  return folder ? `${folder}/luamtev/history` : undefined;
}

/** The history of the REPL. */
export class History {
  #last: string | undefined;
  #file: string | undefined;

  /** @param file The file; without one nothing is kept. */
  constructor(file: string | undefined) {
    this.#file = file;
  }

  /** The lines of earlier sessions, oldest first. Shortens a long file. */
  read(): string[] {
    if (this.#file === undefined) return [];
    let lines: string[];
    try {
      lines = Deno.readTextFileSync(this.#file).split("\n").slice(0, -1);
    } catch {
      return [];
    }
    const kept = lines.slice(-KEPT);
    if (lines.length > 2 * KEPT) {
      this.#write(kept.map((line) => line + "\n").join(""), false);
    }
    this.#last = kept.at(-1);
    return kept;
  }

  /** Adds a line, unless it is empty or the one before again. */
  add(line: string): void {
    if (line.trim() === "" || line === this.#last) return;
    this.#last = line;
    this.#write(line + "\n", true);
  }

  #write(text: string, append: boolean): void {
    if (this.#file === undefined) return;
    try {
      const folder = this.#file.replace(/[^/]*$/, "") || ".";
      Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
      Deno.writeTextFileSync(this.#file, text, { append, mode: 0o600 });
    } catch {
      this.#file = undefined;
    }
  }
}
