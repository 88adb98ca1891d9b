/**
 * Distinguished names (X.501) with OpenSSL's names of their attributes: in DER,
 * and in the one-line form `/C=US/CN=example`.
 */
import {
  der,
  derObjectIdentifier,
  DerReader,
  readObjectIdentifier,
  Tag,
} from "./der.ts";

/** What OpenSSL knows of an attribute. */
interface Attribute {
  readonly id: string;
  readonly short: string;
  readonly long: string;
  /** Characters it has at least and at most. */
  readonly sizes: readonly [least: number, most: number];
  /** The string type, UTF-8 by default. */
  readonly tag: number;
}

const NAME = [1, 32_768] as const;
const { ia5String: IA5, printableString: PRINTABLE, utf8String: UTF8 } = Tag;

/** Identifier, short name, long name, sizes and string type. */
const ATTRIBUTES: readonly Attribute[] = ([
  ["2.5.4.3", "CN", "commonName", [1, 64], UTF8],
  ["2.5.4.4", "SN", "surname", NAME, UTF8],
  ["2.5.4.5", "serialNumber", "serialNumber", [1, 64], PRINTABLE],
  ["2.5.4.6", "C", "countryName", [2, 2], PRINTABLE],
  ["2.5.4.7", "L", "localityName", [1, 128], UTF8],
  ["2.5.4.8", "ST", "stateOrProvinceName", [1, 128], UTF8],
  ["2.5.4.9", "street", "streetAddress", NAME, UTF8],
  ["2.5.4.10", "O", "organizationName", [1, 64], UTF8],
  ["2.5.4.11", "OU", "organizationalUnitName", [1, 64], UTF8],
  ["2.5.4.12", "title", "title", NAME, UTF8],
  ["2.5.4.13", "description", "description", NAME, UTF8],
  ["2.5.4.15", "businessCategory", "businessCategory", NAME, UTF8],
  ["2.5.4.17", "postalCode", "postalCode", NAME, UTF8],
  ["2.5.4.20", "telephoneNumber", "telephoneNumber", NAME, PRINTABLE],
  ["2.5.4.41", "name", "name", NAME, UTF8],
  ["2.5.4.42", "GN", "givenName", NAME, UTF8],
  ["2.5.4.43", "initials", "initials", NAME, UTF8],
  ["2.5.4.44", "generationQualifier", "generationQualifier", NAME, UTF8],
  ["2.5.4.46", "dnQualifier", "dnQualifier", NAME, PRINTABLE],
  ["2.5.4.65", "pseudonym", "pseudonym", NAME, UTF8],
  [
    "2.5.4.97",
    "organizationIdentifier",
    "organizationIdentifier",
    NAME,
    UTF8,
  ],
  ["1.2.840.113549.1.9.1", "emailAddress", "emailAddress", [1, 128], IA5],
  ["1.2.840.113549.1.9.2", "unstructuredName", "unstructuredName", NAME, IA5],
  ["0.9.2342.19200300.100.1.1", "UID", "userId", NAME, UTF8],
  ["0.9.2342.19200300.100.1.25", "DC", "domainComponent", NAME, IA5],
  [
    "1.3.6.1.4.1.311.60.2.1.1",
    "jurisdictionL",
    "jurisdictionLocalityName",
    NAME,
    UTF8,
  ],
  [
    "1.3.6.1.4.1.311.60.2.1.2",
    "jurisdictionST",
    "jurisdictionStateOrProvinceName",
    NAME,
    UTF8,
  ],
  [
    "1.3.6.1.4.1.311.60.2.1.3",
    "jurisdictionC",
    "jurisdictionCountryName",
    [2, 2],
    PRINTABLE,
  ],
] as const).map(([id, short, long, sizes, tag]) => ({
  id,
  short,
  long,
  sizes,
  tag,
}));

/** The characters of a PrintableString. */
const PRINTABLE_TEXT = /^[A-Za-z0-9 '()+,\-./:=?]*$/;
const ASCII_TEXT = /^[\0-\x7f]*$/;

/** Why an attribute cannot be part of a name. */
export type AttributeFault = "unknown name" | "unsuitable value";

/**
 * Writes an attribute as a part of a name.
 *
 * @param name OpenSSL's short or long name, or an object identifier
 * @param value The text
 * @returns The DER of the part, or what is wrong
 */
export function derNamePart(
  name: string,
  value: string,
): Uint8Array<ArrayBuffer> | AttributeFault {
  const attribute = ATTRIBUTES.find(({ id, short, long }) =>
    name === short || name === long || name === id
  );
  const id = derObjectIdentifier(attribute?.id ?? name);
  if (id === undefined) return "unknown name";
  const { sizes: [least, most], tag } = attribute ?? { sizes: NAME, tag: UTF8 };
  const length = [...value].length;
  if (length < least || length > most) return "unsuitable value";
  if (tag === PRINTABLE && !PRINTABLE_TEXT.test(value)) {
    return "unsuitable value";
  }
  if (tag === IA5 && !ASCII_TEXT.test(value)) return "unsuitable value";
  const text = der(tag, new TextEncoder().encode(value));
  return der(Tag.set, der(Tag.sequence, id, text));
}

/**
 * Writes a name in one line, as OpenSSL's `X509_NAME_oneline` does.
 *
 * @param content The content of the name's sequence
 * @returns Such as `/C=US/CN=example`; bytes that are not printable ASCII as
 *   `\xHH`
 * @throws {SyntaxError} When the DER is no name
 */
export function formatNameInLine(content: Uint8Array<ArrayBuffer>): string {
  let line = "";
  const parts = new DerReader(content);
  while (!parts.atEnd) {
    const set = new DerReader(parts.next(Tag.set).content);
    while (!set.atEnd) {
      const pair = new DerReader(set.next(Tag.sequence).content);
      const id = readObjectIdentifier(
        pair.next(Tag.objectIdentifier).content,
      );
      const name = ATTRIBUTES.find((one) => one.id === id)?.short ?? id;
      line += `/${name}=`;
      for (const byte of pair.next().content) {
        line += byte >= 0x20 && byte <= 0x7e
          ? String.fromCharCode(byte)
          : `\\x${byte.toString(16).toUpperCase().padStart(2, "0")}`;
      }
    }
  }
  return line;
}
