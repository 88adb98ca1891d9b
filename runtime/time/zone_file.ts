/**
 * Reads the compiled time zone files (TZif, RFC 8536) of the system. The
 * 64-bit block counts where there is one. Nothing here computes with times:
 * that is zone.ts.
 */
import {
  type LocalTimeType,
  parseZoneRule,
  type ZoneRule,
} from "./zone_rule.ts";

/** Bytes of a header. */
const HEADER_SIZE = 44;

/** A correction for leap seconds, in the zones under `right/`. */
export interface LeapCorrection {
  /** When it begins, in the zone's own count of seconds since 1970. */
  readonly at: number;
  /** Seconds to subtract from that count. */
  readonly correction: number;
}

/** What a time zone file says. */
export interface ZoneData {
  /** When the type of the local time changes: seconds since 1970, ascending. */
  readonly transitions: readonly number[];
  /** The types that hold from each transition on. */
  readonly types: readonly LocalTimeType[];
  /** The type that holds before the first transition. */
  readonly initialType: LocalTimeType;
  /** The rule after the last transition, unless that type holds for ever. */
  readonly rule: ZoneRule | undefined;
  readonly leaps: readonly LeapCorrection[];
}

/** The numbers of items in a block, in the order of its header. */
interface Counts {
  readonly utIndicators: number;
  readonly standardIndicators: number;
  readonly leaps: number;
  readonly transitions: number;
  readonly types: number;
  readonly characters: number;
}

/**
 * Decodes a time zone file.
 *
 * @param bytes The whole file.
 * @returns What it says.
 * @throws {SyntaxError} If the bytes are no intact time zone file.
 */
export function decodeZoneFile(bytes: Uint8Array): ZoneData {
  try {
    return decode(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SyntaxError("Cannot decode time zone file: it is truncated", {
      cause: error,
    });
  }
}

function decode(bytes: Uint8Array): ZoneData {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const first = readCounts(view, 0);
  if (view.getUint8(4) === 0) { // version 1: no 64-bit block, no rule
    return readBlock(view, HEADER_SIZE, first, 4, undefined);
  }
  const second = HEADER_SIZE + blockSize(first, 4);
  const counts = readCounts(view, second);
  const end = second + HEADER_SIZE + blockSize(counts, 8);
  return readBlock(view, second + HEADER_SIZE, counts, 8, readRule(view, end));
}

function readCounts(view: DataView, at: number): Counts {
  if (view.getUint32(at) !== 0x545a_6966) damaged("no TZif header");
  const count = (index: number) => view.getUint32(at + 20 + index * 4);
  const counts = {
    utIndicators: count(0),
    standardIndicators: count(1),
    leaps: count(2),
    transitions: count(3),
    types: count(4),
    characters: count(5),
  };
  if (counts.types === 0) damaged("no local time types");
  return counts;
}

function blockSize(counts: Counts, timeSize: number): number {
  return counts.transitions * (timeSize + 1) + counts.types * 6 +
    counts.characters + counts.leaps * (timeSize + 4) +
    counts.standardIndicators + counts.utIndicators;
}

function readBlock(
  view: DataView,
  start: number,
  counts: Counts,
  timeSize: number,
  rule: ZoneRule | undefined,
): ZoneData {
  // Before anything is allocated for counts that a damaged file makes up.
  if (start + blockSize(counts, timeSize) > view.byteLength) {
    damaged("it is truncated");
  }
  const time = (at: number) =>
    timeSize === 4 ? view.getInt32(at) : Number(view.getBigInt64(at));
  const indices = start + counts.transitions * timeSize;
  const typesAt = indices + counts.transitions;
  const names = typesAt + counts.types * 6;
  const leapsAt = names + counts.characters;

  const allTypes = readTypes(view, typesAt, names, counts);
  const transitions: number[] = [];
  const types: LocalTimeType[] = [];
  for (let i = 0; i < counts.transitions; i++) {
    const at = time(start + i * timeSize);
    if (i > 0 && at <= transitions[i - 1]!) damaged("transitions go back");
    transitions.push(at);
    types.push(
      allTypes[view.getUint8(indices + i)] ?? damaged("unknown type"),
    );
  }
  const leaps: LeapCorrection[] = [];
  for (let i = 0; i < counts.leaps; i++) {
    const at = leapsAt + i * (timeSize + 4);
    leaps.push({ at: time(at), correction: view.getInt32(at + timeSize) });
  }
  return { transitions, types, initialType: allTypes[0]!, rule, leaps };
}

function readTypes(
  view: DataView,
  start: number,
  names: number,
  counts: Counts,
): LocalTimeType[] {
  const types: LocalTimeType[] = [];
  for (let i = 0; i < counts.types; i++) {
    const at = start + i * 6;
    let abbreviation = "";
    for (
      let index = view.getUint8(at + 5);
      index < counts.characters && view.getUint8(names + index) !== 0;
      index++
    ) abbreviation += String.fromCharCode(view.getUint8(names + index));
    types.push({
      offset: view.getInt32(at),
      isDst: view.getUint8(at + 4) !== 0,
      abbreviation,
    });
  }
  return types;
}

/** Reads the line after the second block: a rule, or nothing. */
function readRule(view: DataView, at: number): ZoneRule | undefined {
  if (view.getUint8(at) !== 10) damaged("no line after the data");
  let text = "";
  for (let c = view.getUint8(++at); c !== 10; c = view.getUint8(++at)) {
    text += String.fromCharCode(c);
  }
  return text === "" ? undefined : parseZoneRule(text);
}

function damaged(what: string): never {
  throw new SyntaxError(`Cannot decode time zone file: ${what}`);
}
