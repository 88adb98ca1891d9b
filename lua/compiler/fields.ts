/**
 * Access to fields with constant names. Emitted code reads the property
 * itself; on a miss it asks the name's {@link Field}, which looks into the
 * hash and follows `__index`. A field that is asked often gets functions of
 * its own, so that V8 learns the hidden classes of this name alone.
 */
import type { LuaValue } from "../value.ts";
import { registerName } from "./names.ts";
import { index, setIndex } from "./operations.ts";
import { X } from "./registers.ts";
import { Table } from "./table.ts";

/** Misses after which a field gets its own code. */
const WARM = 20;

/** The accessor of one name. */
export class Field {
  readonly #property: string;
  #misses = 0;
  get: (object: LuaValue) => LuaValue | null;
  set: (object: LuaValue, value: LuaValue) => LuaValue | null;

  constructor(readonly name: string) {
    this.#property = registerName(name);
    this.get = (object) => {
      if (++this.#misses > WARM) this.#specialize();
      return index(object, name);
    };
    this.set = (object, value) => {
      if (++this.#misses > WARM) this.#specialize();
      return setField(object, this.#property, name, value);
    };
  }

  #specialize(): void {
    const p = JSON.stringify(this.#property);
    const name = JSON.stringify(this.name);
    // Strings, then the chain of tables, then everything else. A name lives in
    // the hash of a table that got it before the name stood in compiled code,
    // as the functions of all libraries do.
    const made = new Function(
      "Table,X,index,setIndex",
      `return{get:t=>{let v;` +
        `if(typeof t==="string"&&(v=X.strings.$__index)!==undefined&&(v=v[${p}])!==undefined)return v;` +
        `for(let i=0,o=t;i<20&&o instanceof Table;i++){` +
        `if((v=o[${p}])!==undefined)return v;` +
        `if(o.hash!==undefined&&(v=o.hash.getString(${name}))!==undefined)return v;` +
        `if((o=o.mt)===undefined||(o=o.$__index)===undefined)return undefined}` +
        `return index(t,${name})},` +
        `set:(t,v)=>{if(t instanceof Table&&t.hash===undefined&&v!==undefined&&` +
        `(t.mt===undefined||t.mt.$__newindex===undefined)){t[${p}]=v;return}` +
        `return setIndex(t,${name},v)}}`,
    )(Table, X, index, setIndex) as Pick<Field, "get" | "set">;
    this.get = made.get;
    this.set = made.set;
  }
}

function setField(
  object: LuaValue,
  property: string,
  name: string,
  value: LuaValue,
): LuaValue | null {
  if (
    object instanceof Table && value !== undefined &&
    (object.mt === undefined ||
      (object.mt as unknown as { $__newindex: LuaValue }).$__newindex ===
        undefined) &&
    (object.hash === undefined ||
      (!object.hash.isWeak && object.hash.find(name) < 0))
  ) {
    (object as unknown as { [property: string]: LuaValue })[property] = value;
    return undefined;
  }
  return setIndex(object, name, value);
}

const fields = new Map<string, Field>();

/** The accessor of `name`, one in the process. */
export function fieldOf(name: string): Field {
  let field = fields.get(name);
  if (field === undefined) {
    field = new Field(name);
    fields.set(name, field);
  }
  return field;
}
