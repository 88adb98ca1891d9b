/**
 * What `file:read` and `lines` read: the formats `*n`, `*l`, `*L`, `*a` and
 * counts of bytes. Numbers are scanned as C's `scanf("%lf")` does, which also
 * decides what is consumed when there is none.
 */
import { type Args, argumentError, toInt32 } from "../args.ts";
import { LuaError } from "../errors.ts";
import { type HostResult, type LuaState, Multi } from "../host.ts";
import { parseNumber } from "../number.ts";
import type { LuaValue } from "../value.ts";
import type { FileStream } from "../../runtime/files/stream.ts";
import { strerror } from "../../runtime/posix/posix_error.ts";

/**
 * Reads one value a format from `args[first]` on; a line when there is none.
 * The first one that cannot be read is nil and the last.
 *
 * @returns The values, or nil, a message and the error number.
 */
export function readFormats(
  state: LuaState,
  stream: FileStream,
  args: Args,
  first: number,
): HostResult {
  const values: LuaValue[] = [];
  for (let i = first; i < Math.max(args.length, first + 1); i++) {
    const value = i < args.length
      ? readFormat(state, stream, args, i)
      : stream.readLine();
    const { readError } = stream;
    if (readError !== 0) {
      return new Multi([undefined, strerror(readError), readError]);
    }
    values.push(value);
    if (value === undefined) break;
  }
  return values.length === 1 ? values[0] : new Multi(values);
}

function readFormat(
  state: LuaState,
  stream: FileStream,
  args: Args,
  index: number,
): LuaValue {
  const format = args[index];
  if (typeof format === "number") {
    const count = toInt32(format);
    if (count < 0) throw new LuaError("not enough memory");
    if (count === 0) return stream.peek() === "" ? undefined : "";
    return stream.read(count) || undefined;
  }
  if (typeof format !== "string") argumentError(state, index, "invalid option");
  switch (format[format.startsWith("*") ? 1 : 0]) {
    case "n":
      return readNumber(stream);
    case "l":
      return stream.readLine();
    case "L":
      return stream.readLine(true);
    case "a":
      return stream.readAll();
  }
  return argumentError(state, index, "invalid format");
}

/** Reads one number, or as much as could have started one. */
function readNumber(stream: FileStream): number | undefined {
  let text = "";
  const accept = (wanted: RegExp): boolean => {
    const c = stream.peek();
    if (c === "" || !wanted.test(c)) return false;
    text += c;
    stream.read(1);
    return true;
  };
  const acceptWord = (word: string): boolean => {
    for (const c of word) if (!accept(new RegExp(c, "i"))) return false;
    return true;
  };
  while (accept(/[ \t-\r]/));
  text = "";
  accept(/[-+]/);

  if (accept(/i/i)) {
    if (!acceptWord("nf")) return undefined;
    if (accept(/i/i) && !acceptWord("nity")) return undefined;
    return parseNumber(text);
  }
  if (accept(/n/i)) return acceptWord("an") ? NaN : undefined;

  let digit = /[0-9]/, exponent = /e/i;
  let digits = 0;
  if (accept(/0/)) {
    if (accept(/x/i)) {
      digit = /[0-9a-f]/i;
      exponent = /p/i;
    } else digits++;
  }
  while (accept(digit)) digits++;
  if (accept(/\./)) { while (accept(digit)) digits++; }
  if (digits === 0) return undefined;
  const mantissa = text;
  if (accept(exponent)) {
    accept(/[-+]/);
    let powers = 0;
    while (accept(/[0-9]/)) powers++;
    if (powers === 0) return parseNumber(mantissa);
  }
  return parseNumber(text);
}
