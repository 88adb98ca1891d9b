/**
 * Merged hashes: the keys and values that a part of a configuration has itself,
 * from the parts around it, and from those that it inherits by `inherit`.
 * Specification: runtime.md §1.5, runtime-observed.md 2.
 */
import { NodeType } from "../xml/library.ts";
import type { XmlNode } from "../xml/node.ts";
import type { Configuration } from "./configuration.ts";
import { interpolateEmbedded } from "./interpolation.ts";

/**
 * Merges the hashes of a name, from the root down to a node; what is further
 * down wins.
 *
 * @param configuration Where the node is.
 * @param path The name, such as `config`; or an absolute path.
 * @param node Where to look from.
 * @param namespace The prefix of the keys that count; none by default.
 */
export function mergedHash(
  configuration: Configuration,
  path: string,
  node: XmlNode,
  namespace?: string,
): Map<string, string> {
  const merged = new Map<string, string>();
  const search = path.startsWith("/")
    ? path
    : `ancestor-or-self::node()/${path}`;
  for (const hash of configuration.find(search, node)) {
    addHash(configuration, hash, namespace, merged, new Set());
  }
  return merged;
}

/** @param inherited The ids that led here, each of which counts once. */
function addHash(
  configuration: Configuration,
  hash: XmlNode,
  namespace: string | undefined,
  merged: Map<string, string>,
  inherited: Set<string>,
): void {
  const id = hash.attribute("inherit");
  if (id !== undefined && !inherited.has(id)) {
    inherited.add(id);
    const parent = nodeWithId(configuration, id);
    if (parent !== undefined) {
      addHash(configuration, parent, namespace, merged, inherited);
    }
  }
  const own = new Map<string, string>();
  for (const child of hash.children) {
    if (child.type !== NodeType.element || child.prefix !== namespace) continue;
    const key = keyOf(child);
    if (own.has(key)) {
      configuration.report("notice", `XML to hash collision on key: ${key}`);
    }
    own.set(key, interpolateEmbedded(child.contents ?? ""));
  }
  for (const [key, value] of own) merged.set(key, value);
}

/** An id may hold any character, so it is compared here and not in XPath. */
function nodeWithId(
  configuration: Configuration,
  id: string,
): XmlNode | undefined {
  return configuration.find("//*[@id]")
    .findLast((node) => node.attribute("id") === id);
}

/** `<value name="a key">` has keys that are no names. */
function keyOf(child: XmlNode): string {
  const name = child.name!;
  return name === "value" ? child.attribute("name") ?? name : name;
}
