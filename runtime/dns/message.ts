/**
 * Questions and answers of DNS as records, over dns-packet, which knows the bytes.
 *
 * Not a resolver: nothing is sent here. A message that dns-packet cannot read, or that answers
 * another question, is none: `decodeAnswer` says which. The library is loaded by whoever has a
 * question.
 */
import { binaryBytes, binaryString } from "../posix/bytes.ts";
import { ANY, CNAME, typeNumber, withoutFinalDot } from "./names.ts";

/** The part of dns-packet that is used; its published types lack `name` and unknown types. */
export interface PacketLibrary {
  encode(packet: object): Uint8Array<ArrayBuffer>;
  decode(bytes: Uint8Array): Packet;
  readonly name: { decode(bytes: Uint8Array, offset: number): string };
}

interface Packet {
  readonly id: number;
  readonly type: string;
  readonly flag_tc: boolean;
  readonly rcode: string;
  readonly questions: readonly {
    readonly name: string;
    readonly type: string;
  }[];
  readonly answers: readonly RawRecord[];
}

interface RawRecord {
  readonly name: string;
  readonly type: string;
  readonly class: string;
  readonly ttl: number;
  readonly data: unknown;
}

/** What is asked. */
export interface Question {
  /** A name that `isEncodable` accepts. */
  readonly name: string;
  /** The record type's number. */
  readonly type: number;
  /** The class's number. */
  readonly class: number;
}

/** A record of an answer. */
export interface DnsRecord {
  /** The record type's number; 0 for one that has no name here. */
  readonly type: number;
  /** Seconds that it may be kept. */
  readonly ttl: number;
  /** What is in it, by field, as mtev-lua-api.md §6.2 names them; nothing for other types. */
  readonly fields: Readonly<Record<string, string | number>>;
}

/** What a message says about a question. */
export type Answer =
  /** These records, perhaps none: the name is not there, or has none of the type. */
  | { readonly kind: "records"; readonly records: DnsRecord[] }
  /** The server cannot or will not answer. */
  | { readonly kind: "failed" }
  /** There is more than fits: ask over TCP. */
  | { readonly kind: "truncated" }
  /** It answers something else. */
  | { readonly kind: "other" }
  /** It is no message. */
  | { readonly kind: "malformed" };

/** Types whose data is one domain name; the field has the type's name. */
const NAME_TYPES = new Map([
  [2, "ns"],
  [3, "md"],
  [4, "mf"],
  [5, "cname"],
  [7, "mb"],
  [8, "mg"],
  [9, "mr"],
  [12, "ptr"],
]);

/** Escaped text beyond this is left out (§6.2). */
const MAX_TEXT = 1023;

const CLASS_NAMES = new Map([[1, "IN"], [3, "CH"], [4, "HS"], [255, "ANY"]]);
const RECURSION_DESIRED = 0x100;

/**
 * Makes the message that asks a question.
 *
 * @param library dns-packet.
 * @param id The message's number, 16 bits.
 * @param question The question.
 * @returns The message.
 */
export function encodeQuestion(
  library: PacketLibrary,
  id: number,
  question: Question,
): Uint8Array<ArrayBuffer> {
  return library.encode({
    type: "query",
    id,
    flags: RECURSION_DESIRED,
    questions: [{
      name: utf8(question.name),
      // The library takes any number in this form.
      type: `UNKNOWN_${question.type}`,
      class: CLASS_NAMES.get(question.class) ?? "INVALID",
    }],
  });
}

/**
 * Reads a message that should answer a question.
 *
 * @param library dns-packet.
 * @param bytes The message.
 * @param id The number of the question's message.
 * @param question The question.
 * @returns What it says.
 */
export function decodeAnswer(
  library: PacketLibrary,
  bytes: Uint8Array,
  id: number,
  question: Question,
): Answer {
  if (bytes.length < 12) return { kind: "malformed" };
  if ((bytes[0]! << 8 | bytes[1]!) !== id || (bytes[2]! & 0x80) === 0) {
    return { kind: "other" };
  }
  // What is cut off may be cut off anywhere, so it is not looked at.
  if ((bytes[2]! & 2) !== 0) return { kind: "truncated" };
  // The library wants node's kind of bytes.
  const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let packet: Packet;
  try {
    packet = library.decode(message);
  } catch {
    return { kind: "malformed" };
  }
  const [asked] = packet.questions;
  if (
    asked !== undefined &&
    sameName(asked.name) !== sameName(utf8(question.name))
  ) return { kind: "other" };
  switch (packet.rcode) {
    case "NOERROR":
    case "NXDOMAIN":
      return {
        kind: "records",
        records: matching(library, message, packet.answers, question),
      };
    default:
      return { kind: "failed" };
  }
}

/** The records that answer the question, aliases followed within the answer. */
function matching(
  library: PacketLibrary,
  bytes: Uint8Array,
  answers: readonly RawRecord[],
  question: Question,
): DnsRecord[] {
  const { type } = question;
  const ofClass = answers.filter((record) =>
    question.class === ANY ||
    record.class === CLASS_NAMES.get(question.class)
  );
  const convert = (record: RawRecord) => toRecord(library, bytes, record);
  if (type === ANY) return ofClass.map(convert);
  let name = sameName(utf8(question.name));
  if (type !== CNAME) {
    // Each alias is used once, so that a circle ends.
    const aliases = new Map(
      ofClass.filter((record) => record.type === "CNAME")
        .map((record) => [sameName(record.name), record]),
    );
    for (
      let alias = aliases.get(name);
      alias !== undefined;
      alias = aliases.get(name)
    ) {
      aliases.delete(name);
      name = sameName(alias.data as string);
    }
  }
  return ofClass
    .filter((record) =>
      numberOf(record) === type && sameName(record.name) === name
    )
    .map(convert);
}

function toRecord(
  library: PacketLibrary,
  bytes: Uint8Array,
  record: RawRecord,
): DnsRecord {
  const type = numberOf(record);
  return {
    type,
    ttl: record.ttl,
    fields: fieldsOf(library, bytes, type, record.data),
  };
}

function fieldsOf(
  library: PacketLibrary,
  bytes: Uint8Array,
  type: number,
  data: unknown,
): Record<string, string | number> {
  const field = NAME_TYPES.get(type);
  if (field !== undefined) {
    const name = typeof data === "string" ? data : nameIn(library, bytes, data);
    return name === undefined ? {} : { [field]: binary(withoutFinalDot(name)) };
  }
  switch (type) {
    case 1:
      return { a: data as string };
    case 28:
      return { aaaa: data as string };
    case 15: {
      const { preference = 0, exchange } = data as {
        preference?: number;
        exchange: string;
      };
      return { preference, mx: binary(withoutFinalDot(exchange)) };
    }
    case 16: {
      const text = (data as Uint8Array[]).map((part) => escaped(part)).join("");
      return text.length > MAX_TEXT ? {} : { txt: text };
    }
    default:
      return {};
  }
}

/** The domain name in the data of a type that the library does not know. */
function nameIn(
  library: PacketLibrary,
  bytes: Uint8Array,
  data: unknown,
): string | undefined {
  // A part of the message, in which compressed names can be followed.
  const offset = (data as Uint8Array).byteOffset - bytes.byteOffset;
  try {
    return library.name.decode(bytes, offset);
  } catch {
    return undefined;
  }
}

function escaped(bytes: Uint8Array): string {
  return binaryString(bytes).replace(
    // deno-lint-ignore no-control-regex
    /[\0-\x1f\x7f-\xff\\]/g,
    (character) =>
      character === "\\"
        ? "\\\\"
        : "\\" + character.charCodeAt(0).toString(16).padStart(2, "0"),
  );
}

function numberOf(record: RawRecord): number {
  if (record.type.startsWith("UNKNOWN_")) return Number(record.type.slice(8));
  return typeNumber(record.type) ?? 0;
}

/** Names are compared without regard to case and a final dot. */
function sameName(name: string): string {
  return withoutFinalDot(name).toLowerCase();
}

/** The library has names as text, the API as bytes. */
function utf8(name: string): string {
  return new TextDecoder().decode(binaryBytes(name));
}

function binary(name: string): string {
  return binaryString(new TextEncoder().encode(name));
}
