/** Metatables and metamethods of all values. */
import type { LuaTypeName, LuaValue } from "../value.ts";
import { X } from "./registers.ts";
import { Table } from "./table.ts";

type Named = { [property: string]: LuaValue };

/** The metatable of any value. */
export function metatableOf(value: LuaValue): Table | undefined {
  if (value instanceof Table) return value.mt;
  const shared = X.execution!.state.metatables;
  switch (typeof value) {
    case "string":
      return shared.string;
    case "number":
      return shared.number;
    case "boolean":
      return shared.boolean;
    case "undefined":
      return shared.nil;
    case "function":
      return shared.function;
  }
  const object = value as unknown as {
    luaType: LuaTypeName;
    metatable: Table | undefined;
  };
  return object.luaType === "thread" ? shared.thread : object.metatable;
}

/** The metamethod of a value, given its property, such as `$__add`. */
export function metamethod(value: LuaValue, event: `$__${string}`): LuaValue {
  const mt = metatableOf(value);
  return mt === undefined ? undefined : (mt as unknown as Named)[event];
}
