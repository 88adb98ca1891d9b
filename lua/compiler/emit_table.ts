/**
 * Table constructors. One with only constant names and positions becomes a
 * call of a constructor that all tables with the same names share, so that
 * they share a hidden class; others are filled item by item.
 */
import type { Expression, TableNode } from "./ast.ts";
import { emitList, isMulti, spread } from "./emit_call.ts";
import { emitAtom, emitOperand, mayRun, property } from "./emit_expression.ts";
import type { Emitter } from "./emitter.ts";
import { isNumeric } from "./infer.ts";
import { isObject } from "./objects.ts";

/** Past this many names a table is filled like a dictionary. */
const MAX_SHAPE = 24;

/** Emits a table constructor and returns the text of the new table. */
export function emitTable(
  emitter: Emitter,
  node: TableNode,
  target: string | undefined,
): string {
  const names = constantNames(node);
  if (names !== undefined) return emitShaped(emitter, node, names);
  return emitItems(emitter, node, target);
}

/** The names of a constructor whose keys are all constant and different. */
function constantNames(node: TableNode): string[] | undefined {
  const names = new Set<string>();
  let keyed = 0;
  for (const { key } of node.items) {
    if (key === undefined) continue;
    if (key.kind !== "string") return undefined;
    names.add(key.value);
    keyed++;
  }
  if (keyed !== names.size || keyed > MAX_SHAPE) return undefined;
  // Values that wait in temporaries for each other cost room at every site.
  if (
    node.items.length > MAX_SHAPE &&
    node.items.some(({ value }) => mayRun(value))
  ) return undefined;
  return [...names];
}

function emitShaped(
  emitter: Emitter,
  node: TableNode,
  names: string[],
): string {
  const { items } = node;
  const values = items.map((item, i) => {
    const later = items.slice(i + 1).map((each) => each.value);
    if (i === items.length - 1 && item.key === undefined) return undefined;
    return emitOperand(emitter, item.value, later);
  });
  const positional: string[] = [];
  const keyed: string[] = [];
  items.forEach((item, i) => {
    if (values[i] === undefined) return;
    (item.key === undefined ? positional : keyed).push(values[i]!);
  });
  const last = items[items.length - 1];
  let array = "NONE";
  if (last !== undefined && last.key === undefined) {
    const tail = emitList(emitter, [last.value]);
    array = spread(
      { ...tail, values: [...positional, ...tail.values] },
      (list) => `[,${list}]`,
    );
    if (isMulti(last.value) || !isPresent(last.value)) array = `trim(${array})`;
  } else if (positional.length > 0) {
    array = `trim([,${positional}])`;
  }
  if (names.length === 0) {
    return `new ${isObject(node) ? "Table" : "Plain"}(${array})`;
  }
  const shape = emitter.chunk.shape(names);
  return `new ${shape}(${[array, ...keyed].join(",")})`;
}

/** Whether an expression cannot be nil. */
function isPresent(expression: Expression): boolean {
  switch (expression.kind) {
    case "number":
    case "string":
    case "true":
    case "false":
    case "table":
    case "function":
      return true;
  }
  return isNumeric(expression);
}

function hasNames({ items }: TableNode): boolean {
  return items.some(({ key }) => key?.kind === "string");
}

function emitItems(
  emitter: Emitter,
  node: TableNode,
  target: string | undefined,
): string {
  // Not into the target: the items may still read the variable.
  void target;
  const table = emitter.temporary();
  emitter.write(
    `${table}=new ${
      isObject(node) || hasNames(node) ? "Table" : "Plain"
    }(NONE);`,
  );
  let position = 0;
  node.items.forEach(({ key, value }, i) => {
    const mark = emitter.temporaryMark();
    if (key === undefined) {
      position++;
      if (i === node.items.length - 1 && isMulti(value)) {
        const list = spread(emitList(emitter, [value]), (all) => `[${all}]`);
        emitter.write(`setList(${table},${position},${list});`);
      } else {
        const code = emitAtom(emitter, value);
        emitter.write(`${table}.set(${position},${code});`);
      }
    } else if (key.kind === "string") {
      emitter.chunk.field(key.value);
      const code = emitAtom(emitter, value);
      emitter.write(`${property(table, key.value)}=${code};`);
    } else {
      const index = emitOperand(emitter, key, [value]);
      const code = emitAtom(emitter, value);
      emitter.beginSite(node.line);
      emitter.write(`setRaw(${table},${index},${code});`);
    }
    emitter.releaseTo(mark);
  });
  return table;
}
