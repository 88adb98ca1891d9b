/**
 * The names that tables keep as JavaScript properties: every name that stands
 * as a constant in compiled code, and the names of metamethods. The property
 * of the name `x` is `$x`. All other string keys live in the table's hash.
 */

const properties = new Map<string, string>();
/** The way back: an object, which V8 asks faster for its own keys. */
const names = Object.create(null) as { [property: string]: string };

/** Makes `name` one that tables keep as a property, and returns the property. */
export function registerName(name: string): string {
  let property = properties.get(name);
  if (property === undefined) {
    property = "$" + name;
    properties.set(name, property);
    names[property] = name;
  }
  return property;
}

/** The property of `name`, or `undefined` when it lives in the hash. */
export function propertyOf(name: string): string | undefined {
  return properties.get(name);
}

/** The name of a property. */
export function nameOf(property: string): string {
  return names[property]!;
}

/** The names of metamethods and of what every module has. */
const WELL_KNOWN =
  "__index __newindex __call __add __sub __mul __div __mod __pow __unm __lt " +
  "__le __eq __concat __len __tostring __metatable __mode __gc __name _G " +
  "_VERSION _M _NAME _PACKAGE string table math os io coroutine debug " +
  "package bit jit mtev pi huge loaded preload path cpath loaders config " +
  "stdin stdout stderr version version_num arch";
for (const name of WELL_KNOWN.split(" ")) registerName(name);
