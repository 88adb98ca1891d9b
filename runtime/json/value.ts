/**
 * What a JSON document consists of when nothing may be lost: the order of
 * members, integers of 64 bits, and whether a number was written as an integer
 * or as a double. Not a replacement of JavaScript's own `JSON`, which keeps
 * none of these.
 *
 * The invariant: equal numbers have one form each. An integer is a `number` up
 * to 2^53 − 1 and a `bigint` beyond; a double is a `number` if that cannot be
 * taken for an integer, else a {@link JsonDouble}. Strings hold one byte per
 * character. Specification: mtev-lua-api.md §8.
 */

/** Any JSON value. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | JsonDouble
  | JsonValue[]
  | JsonObject;

/** A double without a fraction, such as `1e5` or `-0.0`. */
export class JsonDouble {
  /** @param value The number. */
  constructor(readonly value: number) {}
}

/** An object with fewer members than this is searched, not hashed. */
const FEW = 8;

/** A JSON object: its members in order. */
export class JsonObject {
  #mayRepeat = true;

  /**
   * @param keys The names; a repeated one stands for its last value alone.
   * @param values As many values, in the same order.
   */
  constructor(public keys: string[], public values: JsonValue[]) {}

  /**
   * Drops all but the last member of each name. Storing the members one by one
   * in a map or a Lua table has the same effect, so that a parser need not pay
   * for it.
   *
   * @returns The object itself.
   */
  settle(): this {
    if (this.#mayRepeat) {
      this.#mayRepeat = false;
      if (hasRepeated(this.keys)) this.#dropRepeated();
    }
    return this;
  }

  #dropRepeated(): void {
    const members = new Map<string, JsonValue>();
    this.keys.forEach((key, index) => {
      members.delete(key); // so that the last one stands at its own place
      members.set(key, this.values[index]!);
    });
    this.keys = [...members.keys()];
    this.values = [...members.values()];
  }
}

function hasRepeated(keys: readonly string[]): boolean {
  if (keys.length > FEW) return new Set(keys).size < keys.length;
  for (let i = 1; i < keys.length; i++) {
    for (let j = 0; j < i; j++) {
      if (keys[i] === keys[j]) return true;
    }
  }
  return false;
}

/** The form that {@link JsonValue} has for a double. */
export function jsonDouble(value: number): JsonValue {
  return Number.isInteger(value) ? new JsonDouble(value) : value;
}
