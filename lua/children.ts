/**
 * The child processes of a Lua state, and how Lua tables become the arguments
 * and environments of programs. What Lua sees of them is in lua/mtev.
 */
import { Children } from "../runtime/process/children.ts";
import { toStringArgument } from "./args.ts";
import type { MtevContext } from "./mtev/context.ts";
import { entries, type LuaTable } from "./value.ts";

const known = new WeakMap<MtevContext, Children>();

/** The children of a state. They end with it, but `os.exit` lets them go on. */
export function childrenOf(context: MtevContext): Children {
  let children = known.get(context);
  if (children === undefined) {
    const opened = children = new Children(context.eventer);
    known.set(context, opened);
    context.resources.add({
      beforeExit: () => opened.leaveAll(),
      [Symbol.dispose]: () => opened[Symbol.dispose](),
    });
  }
  return children;
}

/**
 * The strings of a table: those of its array in their order, then the others.
 * Numbers convert.
 *
 * @returns The strings, or `undefined` if it holds anything else.
 */
export function stringsOf(table: LuaTable): string[] | undefined {
  const length = table.length();
  const strings: (string | undefined)[] = [];
  for (let index = 1; index <= length; index++) {
    strings.push(toStringArgument(table.get(index)));
  }
  for (const [key, value] of entries(table)) {
    if (isIndex(key, length)) continue;
    strings.push(toStringArgument(value));
  }
  return strings.every((text) => text !== undefined) ? strings : undefined;
}

/** Whether a key is one of the array's. */
export function isIndex(key: unknown, length: number): key is number {
  return typeof key === "number" && key >= 1 && key <= length &&
    Number.isInteger(key);
}
