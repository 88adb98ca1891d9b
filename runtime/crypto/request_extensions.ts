/**
 * Extensions of certificate requests from the syntax of OpenSSL's configuration
 * files: `critical,CA:TRUE` and the like. Known are the extensions that requests
 * carry in practice (below) and any other as `DER:` with hexadecimal digits.
 */
import { der, derObjectIdentifier, Tag } from "./der.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What an extension may refer to. */
export interface ExtensionContext {
  /** The content of the public key's bit string, without unused bits. */
  readonly publicKey: Bytes;
  /** SHA-1, for key identifiers. */
  sha1(bytes: Bytes): Uint8Array;
}

interface ExtensionKind {
  readonly id: string;
  readonly build: (
    values: readonly string[],
    context: ExtensionContext,
  ) => Bytes | undefined;
}

const KINDS: Readonly<Record<string, ExtensionKind>> = {
  basicConstraints: { id: "2.5.29.19", build: basicConstraints },
  certificatePolicies: {
    id: "2.5.29.32",
    build: (values) =>
      listOf(values, (value) => wrapped(derObjectIdentifier(value))),
  },
  extendedKeyUsage: {
    id: "2.5.29.37",
    build: (values) =>
      listOf(
        values,
        (value) => derObjectIdentifier(KEY_PURPOSES[value] ?? value),
      ),
  },
  keyUsage: { id: "2.5.29.15", build: keyUsage },
  nsComment: {
    id: "2.16.840.1.113730.1.13",
    build: (values) =>
      der(Tag.ia5String, new TextEncoder().encode(values.join(","))),
  },
  subjectAltName: {
    id: "2.5.29.17",
    build: (values) => listOf(values, generalName),
  },
  subjectKeyIdentifier: { id: "2.5.29.14", build: keyIdentifier },
  tlsfeature: { id: "1.3.6.1.5.5.7.1.24", build: tlsFeature },
};

const KEY_PURPOSES: Readonly<Record<string, string>> = {
  OCSPSigning: "1.3.6.1.5.5.7.3.9",
  anyExtendedKeyUsage: "2.5.29.37.0",
  clientAuth: "1.3.6.1.5.5.7.3.2",
  codeSigning: "1.3.6.1.5.5.7.3.3",
  emailProtection: "1.3.6.1.5.5.7.3.4",
  ipsecIKE: "1.3.6.1.5.5.7.3.17",
  msSmartcardLogin: "1.3.6.1.4.1.311.20.2.2",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  timeStamping: "1.3.6.1.5.5.7.3.8",
};

/** The bits of keyUsage in order. */
const KEY_USAGES = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
];

/**
 * Writes an extension.
 *
 * @param name OpenSSL's name, or an object identifier for `DER:`
 * @param text What it says, such as `DNS:example.com,IP:127.0.0.1`
 * @param context The key that the request is for
 * @returns The DER, or `undefined` for an unknown name or a wrong text
 */
export function derExtension(
  name: string,
  text: string,
  context: ExtensionContext,
): Bytes | undefined {
  const critical = /^\s*critical\s*,/.exec(text);
  const rest = text.slice(critical?.[0].length ?? 0);
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  const id = derObjectIdentifier(kind?.id ?? name);
  const hex = /^\s*DER:([\s:\dA-Fa-f]*)$/.exec(rest)?.[1];
  const content = hex === undefined
    ? kind?.build(rest.split(",").map((value) => value.trim()), context)
    : hexBytes(hex.replace(/[\s:]/g, ""));
  if (id === undefined || content === undefined) return undefined;
  return der(
    Tag.sequence,
    id,
    critical === null ? [] : der(Tag.boolean, [0xff]),
    der(Tag.octetString, content),
  );
}

function hexBytes(digits: string): Bytes | undefined {
  return digits.length > 0 && digits.length % 2 === 0
    ? Uint8Array.fromHex(digits)
    : undefined;
}

function wrapped(bytes: Bytes | undefined): Bytes | undefined {
  return bytes && der(Tag.sequence, bytes);
}

function listOf(
  values: readonly string[],
  write: (value: string) => Bytes | undefined,
): Bytes | undefined {
  const parts: Bytes[] = [];
  for (const value of values) {
    const part = write(value);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return der(Tag.sequence, ...parts);
}

function basicConstraints(values: readonly string[]): Bytes | undefined {
  let authority: Bytes | readonly number[] = [];
  let length: Bytes | readonly number[] = [];
  for (const value of values) {
    const [, key, setting] = /^(CA|pathlen)\s*:\s*(\w+)$/i.exec(value) ?? [];
    if (key === undefined || setting === undefined) return undefined;
    if (key.toLowerCase() === "pathlen") {
      if (!/^\d{1,2}$/.test(setting)) return undefined;
      length = der(Tag.integer, [Number(setting)]);
    } else if (/^(true|y|yes)$/i.test(setting)) {
      authority = der(Tag.boolean, [0xff]);
    } else if (!/^(false|n|no)$/i.test(setting)) return undefined;
  }
  return der(Tag.sequence, authority, length);
}

function keyUsage(values: readonly string[]): Bytes | undefined {
  let bits = 0;
  for (const value of values) {
    const index = KEY_USAGES.indexOf(value);
    if (index < 0) return undefined;
    bits |= 0x8000 >> index;
  }
  const bytes = (bits & 0xff) === 0 ? [bits >> 8] : [bits >> 8, bits & 0xff];
  const unused = 31 - Math.clz32(bytes.at(-1)! & -bytes.at(-1)!);
  return der(Tag.bitString, [unused], bytes);
}

function keyIdentifier(
  values: readonly string[],
  context: ExtensionContext,
): Bytes | undefined {
  const [value] = values;
  if (value === "hash") {
    return der(Tag.octetString, context.sha1(context.publicKey));
  }
  const bytes = hexBytes((value ?? "").replaceAll(":", ""));
  return bytes && der(Tag.octetString, bytes);
}

function tlsFeature(values: readonly string[]): Bytes | undefined {
  return listOf(
    values,
    (value) =>
      value === "status_request"
        ? der(Tag.integer, [5])
        : value === "status_request_v2"
        ? der(Tag.integer, [17])
        : undefined,
  );
}

/** A GeneralName such as `DNS:example.com`; its tags are context-specific. */
function generalName(value: string): Bytes | undefined {
  const [, kind, name] = /^(\w+):(.+)$/.exec(value) ?? [];
  if (name === undefined) return undefined;
  const text = new TextEncoder().encode(name);
  const ascii = /^[\0-\x7f]+$/.test(name);
  switch (kind) {
    case "email":
      return ascii ? der(0x81, text) : undefined;
    case "DNS":
      return ascii ? der(0x82, text) : undefined;
    case "URI":
      return ascii ? der(0x86, text) : undefined;
    case "IP": {
      const address = addressBytes(name);
      return address && der(0x87, address);
    }
    case "RID": {
      const id = derObjectIdentifier(name);
      return id && der(0x88, id.subarray(2));
    }
  }
  return undefined;
}

function addressBytes(text: string): number[] | undefined {
  const { isIPv4, isIPv6 } = process.getBuiltinModule("node:net");
  if (isIPv4(text)) return text.split(".").map(Number);
  if (!isIPv6(text) || text.includes("%")) return undefined;
  // The URL parser writes addresses in one form, without embedded IPv4.
  const plain = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const [head = "", tail] = plain.split("::");
  const groups = (half: string) => half === "" ? [] : half.split(":");
  const after = groups(tail ?? "");
  const before = groups(head);
  const zeros = Array(8 - before.length - after.length).fill("0");
  return [...before, ...zeros, ...after].flatMap((group) => {
    const number = parseInt(group, 16);
    return [number >> 8, number & 0xff];
  });
}
