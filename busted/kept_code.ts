/**
 * The emitted code of the harness's Lua files, kept from one run to the next:
 * compiling them took half the time until the first test. One module of
 * JavaScript in the user's cache folder, so that deno keeps V8's bytecode of it
 * as of any module.
 *
 * What is kept counts only while neither the Lua file nor the compiler has
 * changed, by their sizes, times and inodes. Without a cache folder, with one
 * that cannot be written or is somebody else's (`sudo` may leave HOME as it
 * was), with `LUAMTEV_CODE_CACHE=0`, or when the module is damaged, the files
 * are compiled. Of processes that write it at the same time one wins; the next
 * run adds what it lacks.
 */
import {
  type CodeStore,
  codeStore,
  type FreshCode,
  type KeptCode,
} from "../lua/code_store.ts";
import { encodeText } from "../lua/text.ts";
import { readBytes } from "../runtime/files/read.ts";

/** The code of one file, as the module has it. */
interface Entry extends Omit<KeptCode, "url"> {
  readonly stamp: string;
  readonly source: string;
}

/** What the module exports. */
interface KeptModule {
  readonly url: string;
  readonly compiler: string;
  /** By path. */
  readonly files: Readonly<Record<string, Entry>>;
}

/** What was emitted in this run of a file. */
interface Added {
  readonly source: string;
  /** Nothing when only resumable versions are new. */
  code: FreshCode | undefined;
  /** Texts by the numbers of functions. */
  readonly resumable: Map<number, () => string>;
}

/** See the head of this file. */
export class HarnessCode implements CodeStore {
  readonly #folder: string;
  /** Where the code of all harnesses is. */
  readonly #place: string;
  readonly #path: string;
  readonly #compiler: string;
  readonly #url: string;
  readonly #files: KeptModule["files"];
  readonly #added = new Map<string, Added>();
  /** Whether a file that is kept is another one now, perhaps with the same text. */
  #hasStale = false;

  private constructor(
    folder: string,
    place: string,
    compiler: string,
    kept: KeptModule | undefined,
  ) {
    this.#folder = folder;
    this.#place = place;
    this.#path = pathIn(place, folder);
    this.#compiler = compiler;
    const isCurrent = kept?.compiler === compiler;
    this.#url = isCurrent ? kept.url : "";
    this.#files = isCurrent ? kept.files : {};
  }

  /**
   * Makes the engine use what is kept of the files in a folder, and keeps what
   * it compiles of them when the process ends.
   *
   * @returns Nothing when there is no place for it.
   */
  static async open(folder: string): Promise<HarnessCode | undefined> {
    const cache = cacheFolder();
    const compiler = compilerStamp();
    if (cache === undefined || compiler === undefined) return undefined;
    const place = `${cache}/code`;
    const kept = await loadModule(pathIn(place, folder));
    const code = new HarnessCode(folder, place, compiler, kept);
    codeStore.current = code;
    addEventListener("unload", () => code.#save());
    return code;
  }

  /** The source of a file that is kept and has not changed. */
  source(file: string): string | undefined {
    const entry = this.#files[file];
    if (entry === undefined) return undefined;
    if (entry.stamp === stampOf(file)) return entry.source;
    this.#hasStale = true;
    return undefined;
  }

  find(chunkName: string, source: string): KeptCode | undefined {
    const entry = this.#files[chunkName.slice(1)];
    return entry?.source === source ? { ...entry, url: this.#url } : undefined;
  }

  add(chunkName: string, source: string, code: FreshCode): void {
    const added = this.#addedOf(chunkName, source);
    if (added !== undefined) added.code = code;
  }

  addResumable(
    chunkName: string,
    source: string,
    id: number,
    text: () => string,
  ): void {
    this.#addedOf(chunkName, source)?.resumable.set(id, text);
  }

  #addedOf(chunkName: string, source: string): Added | undefined {
    const file = chunkName.slice(1);
    if (!file.startsWith(this.#folder)) return undefined;
    let added = this.#added.get(file);
    if (added?.source !== source) {
      added = { source, code: undefined, resumable: new Map() };
      this.#added.set(file, added);
    }
    return added;
  }

  #save(): void {
    if (this.#added.size === 0 && !this.#hasStale) return;
    const module = new ModuleText(this.#compiler);
    for (const [file, entry] of Object.entries(this.#files)) {
      const added = this.#added.get(file);
      if (added?.code !== undefined) continue;
      const stamp = currentStamp(file, entry);
      if (stamp === undefined) continue;
      const resumable = new Map<number, string>();
      for (const [id, { run }] of Object.entries(entry.resumable)) {
        resumable.set(Number(id), `${run}`);
      }
      for (const [id, text] of added?.resumable ?? []) {
        resumable.set(id, text());
      }
      module.add(file, { ...entry, stamp }, `${entry.run}`, resumable);
    }
    for (const [file, { source, code, resumable }] of this.#added) {
      const stamp = currentStamp(file, { source });
      if (code === undefined || stamp === undefined) continue;
      const texts = Array.from(
        resumable,
        ([id, text]) => [id, text()] as const,
      );
      module.add(file, { ...code, source, stamp }, code.text(), texts);
    }
    replaceFile(this.#path, module.text());
    removeOrphans(this.#place);
  }
}

/** Where the code of the harness in a folder is kept. */
function pathIn(place: string, folder: string): string {
  return `${place}${folder}harness.mjs`;
}

/** The text of the module, while it grows. */
class ModuleText {
  #text = "";
  #line = 1;

  constructor(compiler: string) {
    this.#write(
      "// Written by mtev-busted, which compiles its files when this is gone.\n" +
        "export const url = import.meta.url;\n" +
        `export const compiler = ${JSON.stringify(compiler)};\n` +
        "export const files = {\n",
    );
  }

  add(
    file: string,
    { stamp, source, fields, shapes, functions }: Omit<
      Entry,
      "line" | "run" | "resumable"
    >,
    run: string,
    resumable: Iterable<readonly [id: number, run: string]>,
  ): void {
    const data = { stamp, source, fields, shapes, functions };
    this.#write(`${JSON.stringify(file)}:{${membersOf(data)},`);
    // In parentheses V8 compiles it at once, as what is in it.
    this.#function(`(${run})`);
    this.#write("resumable:{");
    for (const [id, text] of resumable) {
      this.#write(`${id}:{`);
      this.#function(text);
      this.#write("},");
    }
    this.#write("}},\n");
  }

  text(): string {
    return `${this.#text}};\n`;
  }

  #function(run: string): void {
    this.#write(`line:${this.#line + 1},run:\n${run},\n`);
  }

  #write(text: string): void {
    this.#text += text;
    this.#line += text.split("\n").length - 1;
  }
}

/** The members of an object, as text. */
function membersOf(data: object): string {
  return JSON.stringify(data).slice(1, -1);
}

/** The user's folder in which the launcher keeps its things (bin/find-deno.sh). */
function cacheFolder(): string | undefined {
  if (Deno.env.get("LUAMTEV_CODE_CACHE") === "0") return undefined;
  const home = Deno.env.get("HOME");
  const caches = Deno.env.get("XDG_CACHE_HOME") || home && `${home}/.cache`;
  const folder = Deno.env.get("LUAMTEV_CACHE") ||
    caches && `${caches}/luamtev`;
  return folder?.startsWith("/") && !isOfOthers(folder) ? folder : undefined;
}

/** Whether a folder belongs to somebody else, whose code is not run. */
function isOfOthers(folder: string): boolean {
  try {
    return Deno.statSync(folder).uid !== Deno.uid();
  } catch {
    return false; // there is none yet
  }
}

/** What changes whenever a file does; nothing when there is none. */
function stampOf(file: string): string | undefined {
  try {
    const { size, mtime, ctime, ino } = Deno.statSync(file);
    return [size, mtime?.getTime(), ctime?.getTime(), ino].join(" ");
  } catch {
    return undefined;
  }
}

/** The stamp of a file if `known` is what it holds. */
function currentStamp(
  file: string,
  known: { readonly source: string; readonly stamp?: string },
): string | undefined {
  const stamp = stampOf(file);
  if (stamp === known.stamp) return stamp;
  const content = readBytes(encodeText(file));
  return content.ok && content.bytes === known.source ? stamp : undefined;
}

/** The same for all files of the compiler. */
function compilerStamp(): string | undefined {
  const folder = new URL("../lua/compiler/", import.meta.url);
  if (folder.protocol !== "file:") return undefined;
  const path = decodeURIComponent(folder.pathname);
  const names = Array.from(Deno.readDirSync(path), ({ name }) => name).sort();
  return names.map((name) => `${name} ${stampOf(path + name)}`).join("\n");
}

async function loadModule(path: string): Promise<KeptModule | undefined> {
  if (stampOf(path) === undefined) return undefined;
  const url = `file://${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}`;
  try {
    const kept: Partial<KeptModule> = await import(url);
    return kept.files && kept as KeptModule;
  } catch {
    return undefined; // damaged
  }
}

/** Writes a file if that is possible; who reads it finds the old or the new. */
function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${Deno.pid}`;
  try {
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(temporary, text);
    Deno.renameSync(temporary, path);
  } catch {
    try {
      Deno.removeSync(temporary);
    } catch {
      // It was not created.
    }
  }
}

/** Removes what is kept of harnesses that are gone, such as those of old checkouts. */
function removeOrphans(place: string, folder = ""): void {
  try {
    for (const { name, isDirectory } of Deno.readDirSync(place + folder)) {
      if (!isDirectory) continue;
      const inner = `${folder}/${name}`;
      if (stampOf(decodeURIComponent(inner)) !== undefined) {
        removeOrphans(place, inner);
      } else Deno.removeSync(place + inner, { recursive: true });
    }
  } catch {
    // Another process removes it, or it cannot be removed.
  }
}
