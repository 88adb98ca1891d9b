/**
 * Checks the direction of imports: `cli → busted → lua → runtime`, no cycles,
 * and engines that know neither the machine nor each other. Type imports and
 * dynamic imports count like any other, but for cycles: what only names a type
 * is gone before anything is loaded. The graph is deno's own (`deno info`), so
 * nothing is missed that deno would load by a literal specifier.
 *
 * tests/, tools/ and examples/ may import anything and nothing may import them.
 */
import { withTempFolder } from "./script.ts";

/** The layers, lowest first: a layer imports itself and those below. */
const LAYERS = ["runtime", "lua", "busted", "cli"];

/** What `mod.ts`, which only re-exports, may name. */
const MOD_LAYERS = ["runtime", "lua"];

/** The only module that chooses between engines, and so may name them. */
const ENGINE_CHOICE = "lua/engines.ts";

/** What must work without the machine: engines and their contract. */
const WITHOUT_RUNTIME = /^lua\/(compiler\/|fengari\/|value\.ts$|host\.ts$)/;

/** Who imports whom; paths relative to the root, or specifiers such as `npm:x`. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** The imports of a tree. */
export interface Imports {
  /** All of them. */
  readonly graph: ImportGraph;
  /** Those that are loaded: all but type imports. */
  readonly loaded: ImportGraph;
}

/**
 * Reads the imports of every module in the layers and of `mod.ts`.
 *
 * @param root The folder of the tree, with its deno.json
 * @returns The graph
 * @throws {Error} When deno cannot read the tree
 */
export function readImportGraph(root: string): Promise<Imports> {
  const base = `file://${Deno.realPathSync(root)}/`;
  const modules = LAYERS.flatMap((layer) => listModules(root, layer));
  if (exists(`${root}/mod.ts`)) modules.push("mod.ts");
  return withTempFolder(async (folder) => {
    const entry = `${folder}/entry.ts`;
    Deno.writeTextFileSync(
      entry,
      modules.map((path) => `import ${JSON.stringify(base + path)};\n`).join(
        "",
      ),
    );
    const { success, stdout, stderr } = await new Deno.Command(
      Deno.execPath(),
      { args: ["info", "--json", "--config", `${root}/deno.json`, entry] },
    ).output();
    if (!success) {
      throw new Error(
        `Cannot read the import graph: ${new TextDecoder().decode(stderr)}`,
      );
    }
    const graph = new Map<string, string[]>();
    const loaded = new Map<string, string[]>();
    const short = (specifier: string) =>
      specifier.startsWith(base) ? specifier.slice(base.length) : specifier;
    for (const module of JSON.parse(new TextDecoder().decode(stdout)).modules) {
      const from = short(module.specifier);
      if (!modules.includes(from)) continue;
      const code = new Set<string>();
      const types = new Set<string>();
      for (const dependency of module.dependencies ?? []) {
        const { code: target, type } = dependency;
        if (target?.specifier !== undefined) code.add(short(target.specifier));
        if (type?.specifier !== undefined) types.add(short(type.specifier));
      }
      loaded.set(from, [...code].sort());
      graph.set(from, [...code.union(types)].sort());
    }
    return { graph, loaded };
  });
}

/**
 * Checks a graph against the rules of the architecture.
 *
 * @param graph The graph
 * @param loaded The part of it in which there must be no cycle
 * @returns A sentence for each broken rule; none when all is well
 */
export function checkImportGraph(
  graph: ImportGraph,
  loaded: ImportGraph = graph,
): string[] {
  const problems: string[] = [];
  for (const [from, targets] of graph) {
    for (const target of targets) {
      const why = checkArrow(from, target);
      if (why !== undefined) {
        problems.push(`${from} must not import ${target}: ${why}`);
      }
    }
    if (WITHOUT_RUNTIME.test(from)) {
      const path = pathToRuntime(graph, from);
      if (path !== undefined) {
        problems.push(
          `${from} must work without runtime: ${path.join(" → ")}`,
        );
      }
    }
  }
  for (const cycle of findCycles(loaded)) {
    problems.push(`There must be no cycle: ${cycle.join(" → ")}`);
  }
  return problems;
}

function checkArrow(from: string, target: string): string | undefined {
  if (isEngineOf("fengari", target) && !from.startsWith("lua/fengari/")) {
    if (from !== ENGINE_CHOICE || target.startsWith("npm:")) {
      return `only lua/fengari and ${ENGINE_CHOICE} know that engine`;
    }
  }
  if (
    target.startsWith("lua/compiler/") && from.startsWith("lua/fengari/") ||
    target.startsWith("lua/fengari/") && from.startsWith("lua/compiler/")
  ) {
    return "an engine does not know another";
  }
  if (/^[a-z]+:/.test(target) && !target.startsWith("file:")) return undefined;
  const below = from === "mod.ts"
    ? MOD_LAYERS
    : LAYERS.slice(0, LAYERS.indexOf(layerOf(from)) + 1);
  if (below.includes(layerOf(target))) return undefined;
  return `${layerOf(from)} may import ${below.join(", ")}`;
}

function isEngineOf(name: string, target: string): boolean {
  return target.startsWith(`lua/${name}/`) ||
    new RegExp(`^npm:/?${name}(@|/|$)`).test(target);
}

function layerOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : path;
}

/** The shortest way from a module to one of runtime/, if there is one. */
function pathToRuntime(
  graph: ImportGraph,
  from: string,
): string[] | undefined {
  const paths: string[][] = [[from]];
  const seen = new Set([from]);
  for (const path of paths) {
    for (const target of graph.get(path.at(-1) ?? "") ?? []) {
      if (layerOf(target) === "runtime") return [...path, target];
      if (seen.has(target)) continue;
      seen.add(target);
      paths.push([...path, target]);
    }
  }
  return undefined;
}

/** One cycle for each import that closes one in a depth-first walk. */
function findCycles(graph: ImportGraph): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (module: string) => {
    const at = path.indexOf(module);
    if (at >= 0) {
      cycles.push([...path.slice(at), module]);
      return;
    }
    if (done.has(module)) return;
    path.push(module);
    for (const target of graph.get(module) ?? []) visit(target);
    path.pop();
    done.add(module);
  };
  for (const module of graph.keys()) visit(module);
  return cycles;
}

function listModules(root: string, folder: string): string[] {
  if (!exists(`${root}/${folder}`)) return [];
  const modules: string[] = [];
  for (const entry of Deno.readDirSync(`${root}/${folder}`)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) modules.push(...listModules(root, path));
    else if (entry.isFile && path.endsWith(".ts")) modules.push(path);
  }
  return modules.sort();
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
