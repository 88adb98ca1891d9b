/**
 * A package made up for a launcher's test: the real bin/ beside a small
 * program in place of cli/luamtev.ts that tells how it was started, and a PATH
 * that holds the system's tools but neither deno nor npm, unless a test puts
 * them there. Everything lies in one temporary folder.
 */
import { withTempFolder } from "../../tools/script.ts";

const PROGRAM = `
function depth() {
  let deepest = 0;
  const dive = (level) => { deepest = level; dive(level + 1); dive(0); };
  try { dive(1); } catch (error) { if (error instanceof RangeError) return deepest; throw error; }
}
const [first] = Deno.args;
if (first === "exit") Deno.exit(7);
if (first === "depth") console.log(depth());
else if (first === "kill") Deno.kill(Deno.pid, "SIGTERM");
else console.log(JSON.stringify({ args: Deno.args, cwd: Deno.cwd(), pid: Deno.pid, env: Deno.env.toObject(), deno: Deno.execPath() }));
`;

const TOOLS =
  "cat cksum dash dirname env grep head ls mkdir mktemp mv readlink rm sed sh tr";

/** What a run of the launcher gave. */
export interface Run {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly out: string;
  readonly err: string;
  readonly pid: number;
}

/** The made-up package and its surroundings. */
export class LauncherFixture {
  /** The temporary folder; its name has a space. */
  readonly folder: string;
  /** The package's folder. */
  readonly root: string;
  /** The only folder on PATH. */
  readonly tools: string;
  /** The home folder. */
  readonly home: string;

  constructor(folder: string) {
    this.folder = `${folder}/a place`;
    this.root = `${this.folder}/lib/package`;
    this.tools = `${this.folder}/tools`;
    this.home = `${this.folder}/home`;
    for (
      const path of [
        `${this.root}/bin`,
        `${this.root}/cli`,
        this.tools,
        this.home,
      ]
    ) {
      Deno.mkdirSync(path, { recursive: true });
    }
    for (const name of ["luamtev", "mtev-busted", "test", "find-deno.sh"]) {
      Deno.copyFileSync(
        new URL(`../../bin/${name}`, import.meta.url),
        `${this.root}/bin/${name}`,
      );
    }
    Deno.writeTextFileSync(
      `${this.root}/deno.json`,
      '{"lock":{"frozen":true},"nodeModulesDir":"none"}',
    );
    Deno.writeTextFileSync(`${this.root}/deno.lock`, '{"version":"5"}');
    for (const name of ["luamtev", "mtev_busted"]) {
      Deno.writeTextFileSync(`${this.root}/cli/${name}.ts`, PROGRAM);
    }
    for (const name of TOOLS.split(" ")) {
      for (const place of ["/bin", "/usr/bin"]) {
        if (exists(`${place}/${name}`)) {
          Deno.symlinkSync(`${place}/${name}`, `${this.tools}/${name}`);
          break;
        }
      }
    }
  }

  /** Writes an executable shell script. */
  script(path: string, text: string): void {
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(path, `#!/bin/sh\n${text}\n`);
    Deno.chmodSync(path, 0o755);
  }

  /** Puts the deno that runs the tests at a path, as a link. */
  linkDeno(path: string): void {
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.symlinkSync(Deno.execPath(), path);
  }

  /** Puts an npm on PATH that logs its calls and installs that same deno. */
  fakeNpm(): void {
    this.script(
      `${this.tools}/npm`,
      `echo "$@" >>"$HOME/npm.log"
[ "$1 $2" = "install --prefix" ] || exit 1
mkdir -p "$3/node_modules/@deno/here"
/bin/ln -s '${Deno.execPath()}' "$3/node_modules/@deno/here/deno"`,
    );
  }

  /** The calls that the fake npm got. */
  npmCalls(): string[] {
    const log = `${this.home}/npm.log`;
    return exists(log) ? Deno.readTextFileSync(log).trimEnd().split("\n") : [];
  }

  /** Runs the launcher, or a shell command when `shell` is given. */
  async run(
    args: readonly string[] = [],
    options: {
      launcher?: string;
      shell?: string;
      cwd?: string;
      env?: Record<string, string>;
    } = {},
  ): Promise<Run> {
    const launcher = options.launcher ?? `${this.root}/bin/luamtev`;
    const child = new Deno.Command(
      options.shell === undefined ? launcher : "/bin/sh",
      {
        args: options.shell === undefined
          ? [...args]
          : ["-c", options.shell, launcher, ...args],
        clearEnv: true,
        env: { HOME: this.home, PATH: this.tools, ...options.env },
        cwd: options.cwd ?? this.folder,
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      },
    ).spawn();
    const { code, signal, stdout, stderr } = await child.output();
    const text = new TextDecoder();
    return {
      code,
      signal,
      out: text.decode(stdout),
      err: text.decode(stderr),
      pid: child.pid,
    };
  }
}

/** Runs a test with a fixture that is gone afterwards. */
export function withLauncher(
  test: (fixture: LauncherFixture) => Promise<void>,
): () => Promise<void> {
  return () => withTempFolder((folder) => test(new LauncherFixture(folder)));
}

/** Tells whether there is something at a path. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
