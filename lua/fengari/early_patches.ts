/**
 * Makes fengari's values LuaJIT's: one number type (doubles), and strings that
 * keep the JavaScript form beside the bytes.
 *
 * Must be evaluated before any other module of fengari is loaded, because
 * those copy what is replaced here into constants; vm.ts sees to it. Nothing
 * else imports this file but for {@link TString}.
 */
import { Buffer } from "node:buffer";
// `defs.js` first: it and luaconf.js need each other, in this order.
import defsModule from "fengari/src/defs.js";
import luaconfModule from "fengari/src/luaconf.js";
import llimitsModule from "fengari/src/llimits.js";
import lstringModule from "fengari/src/lstring.js";
import { formatNumber } from "../number.ts";
import type {
  Conf,
  Defs,
  Limits,
  StringModule,
  VmString,
} from "./internals.ts";

/** fengari's constants. */
export const defs = defsModule as unknown as Defs;
const luaconf = luaconfModule as unknown as Conf;
const llimits = llimitsModule as unknown as Limits;
const lstring = lstringModule as unknown as StringModule;

// One tag for both kinds of numbers (see also `ttisinteger` in patches.ts).
defs.constant_types.LUA_TNUMINT = defs.constant_types.LUA_TNUMFLT!;
luaconf.LUA_COMPAT_FLOATSTRING = true;
luaconf.lua_number2str = formatNumber;
luaconf.lua_integer2str = formatNumber;
llimits.luai_nummod = (_L, a, b) => a - Math.floor(a / b) * b;
// The JavaScript stack ends before this does; a RangeError tells.
llimits.LUAI_MAXCCALLS = 1e6;

/** Bytes as a binary string: one character per byte. */
export function toText(bytes: Uint8Array): string {
  const length = bytes.length;
  if (length < 24) {
    let text = "";
    for (let i = 0; i < length; i++) text += String.fromCharCode(bytes[i]!);
    return text;
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, length)
    .toString("latin1");
}

/** A binary string as bytes. */
export function toBytes(text: string): Uint8Array {
  const length = text.length;
  const bytes = new Uint8Array(length);
  if (length < 24) {
    for (let i = 0; i < length; i++) bytes[i] = text.charCodeAt(i);
  } else {
    Buffer.from(bytes.buffer).write(text, "latin1");
  }
  return bytes;
}

/**
 * A Lua string. It is made from bytes or from text, and makes the other form
 * when first asked. Its text is also its key in tables.
 */
export class TString implements VmString {
  #bytes: Uint8Array | undefined;
  #text: string | undefined;

  constructor(bytes: Uint8Array | undefined, text: string | undefined) {
    this.#bytes = bytes;
    this.#text = text;
  }

  /** The binary string. */
  text(): string {
    return this.#text ??= toText(this.#bytes!);
  }

  /** The bytes; not to be changed. */
  getstr(): Uint8Array {
    return this.#bytes ??= toBytes(this.#text!);
  }

  /** The number of bytes. */
  tsslen(): number {
    return (this.#text ?? this.#bytes!).length;
  }
}

lstring.TString = TString;
lstring.luaS_eqlngstr = (a, b) => a === b || a.text() === b.text();
lstring.luaS_hash = toText;
lstring.luaS_hashlongstr = (string) => string.text();
lstring.luaS_bless = (_L, bytes) => new TString(bytes, undefined);
// Not an arrow function: fengari calls it with `new` in one place.
lstring.luaS_new = function (_L, bytes) {
  return new TString(bytes.slice(), undefined);
};
lstring.luaS_newliteral = (_L, text) => new TString(undefined, text);
