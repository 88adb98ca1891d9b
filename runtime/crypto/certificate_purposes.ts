/**
 * What a certificate may be used for, as OpenSSL judges it (`openssl x509
 * -purpose`): from its extensions alone, not from who signed it. Neither Deno
 * nor Node tells it.
 */
import { type Extension, readCertificate } from "./certificate_structure.ts";
import { DerReader, readObjectIdentifier, Tag } from "./der.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What the extensions say; `undefined` where there is no such extension. */
interface Restrictions {
  readonly keyUsage: number | undefined;
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly extendedKeyUsageIsCritical: boolean;
  readonly netscapeType: number | undefined;
  readonly isAuthority: boolean | undefined;
  /** An issuer's certificate of version 1, which has no extensions. */
  readonly isOldRoot: boolean;
}

/** Bits of keyUsage: its first byte is the low one here. */
const SIGN = 0x80, NON_REPUDIATION = 0x40, ENCIPHER_KEY = 0x20;
const AGREE_KEY = 0x08, SIGN_CERTIFICATES = 0x04, SIGN_REVOCATIONS = 0x02;

/** Bits of nsCertType. */
const NS_CLIENT = 0x80, NS_SERVER = 0x40, NS_MAIL = 0x20;
const NS_CLIENT_OR_SERVER_CA = 0x04, NS_MAIL_CA = 0x02, NS_ANY_CA = 0x07;

const KEY_PURPOSE = "1.3.6.1.5.5.7.3.";
/** Server Gated Cryptography of Microsoft and Netscape. */
const GATED = ["1.3.6.1.4.1.311.10.3.3", "2.16.840.1.113730.4.1"];

/**
 * Judges a certificate for each of OpenSSL's purposes.
 *
 * @param certificate The certificate in DER
 * @returns For each purpose (`sslclient`, `sslserver`, `nssslserver`,
 *   `smimesign`, `smimeencrypt`, `crlsign`, `any`, `ocsphelper`,
 *   `timestampsign`) OpenSSL's verdict, and with `_ca` appended that on signing
 *   certificates for it: 0 for no, 1 for yes, other numbers for a yes with
 *   reservations
 * @throws {SyntaxError} When the bytes are no certificate
 */
export function certificatePurposes(
  certificate: Bytes,
): Readonly<Record<string, number>> {
  const says = readRestrictions(certificate);
  const { keyUsage, netscapeType } = says;
  const forbidsKey = (bits: number) =>
    keyUsage !== undefined && (keyUsage & bits) === 0;
  const forbidsType = (bits: number) =>
    netscapeType !== undefined && (netscapeType & bits) === 0;

  const authority = authorityVerdict(says, forbidsKey);
  const netscapeAuthority = (bits: number) =>
    authority !== 5 || !forbidsType(bits) ? authority : 0;

  const client = allows(says, `${KEY_PURPOSE}2`);
  const server = allows(says, `${KEY_PURPOSE}1`, ...GATED);
  const mail = allows(says, `${KEY_PURPOSE}4`);
  const serverEnd = server && !forbidsType(NS_SERVER) &&
    !forbidsKey(SIGN | ENCIPHER_KEY | AGREE_KEY);
  const mailEnd = !mail
    ? 0
    : !forbidsType(NS_MAIL)
    ? 1
    : forbidsType(NS_CLIENT)
    ? 0
    : 2; // of old certificates for clients
  // For TLS a yes is a yes, however it is said.
  const tlsAuthority = Number(netscapeAuthority(NS_CLIENT_OR_SERVER_CA) > 0);
  const serverAuthority = server ? tlsAuthority : 0;
  const mailAuthority = mail ? netscapeAuthority(NS_MAIL_CA) : 0;

  return {
    sslclient: Number(
      client && !forbidsKey(SIGN | AGREE_KEY) && !forbidsType(NS_CLIENT),
    ),
    sslclient_ca: client ? tlsAuthority : 0,
    sslserver: Number(serverEnd),
    sslserver_ca: serverAuthority,
    nssslserver: Number(serverEnd && !forbidsKey(ENCIPHER_KEY)),
    nssslserver_ca: serverAuthority,
    smimesign: forbidsKey(SIGN | NON_REPUDIATION) ? 0 : mailEnd,
    smimesign_ca: mailAuthority,
    smimeencrypt: forbidsKey(ENCIPHER_KEY) ? 0 : mailEnd,
    smimeencrypt_ca: mailAuthority,
    crlsign: Number(!forbidsKey(SIGN_REVOCATIONS)),
    crlsign_ca: authority,
    any: 1,
    any_ca: 1,
    ocsphelper: 1,
    ocsphelper_ca: authority,
    timestampsign: Number(isForTimestamps(says)),
    timestampsign_ca: authority,
  };
}

function allows(says: Restrictions, ...purposes: string[]): boolean {
  return says.extendedKeyUsage?.some((id) => purposes.includes(id)) ?? true;
}

/** Whether it may sign certificates: 1, or 3 to 5 for older ways to say so. */
function authorityVerdict(
  says: Restrictions,
  forbidsKey: (bits: number) => boolean,
): number {
  if (forbidsKey(SIGN_CERTIFICATES)) return 0;
  if (says.isAuthority !== undefined) return says.isAuthority ? 1 : 0;
  if (says.isOldRoot) return 3;
  if (says.keyUsage !== undefined) return 4;
  return ((says.netscapeType ?? 0) & NS_ANY_CA) !== 0 ? 5 : 0;
}

/** RFC 3161: for nothing else, and says so in a critical extension. */
function isForTimestamps(says: Restrictions): boolean {
  const { keyUsage, extendedKeyUsage } = says;
  const signing = SIGN | NON_REPUDIATION;
  if (
    keyUsage !== undefined &&
    ((keyUsage & ~signing) !== 0 || (keyUsage & signing) === 0)
  ) return false;
  return says.extendedKeyUsageIsCritical && extendedKeyUsage?.length === 1 &&
    extendedKeyUsage[0] === `${KEY_PURPOSE}8`;
}

function readRestrictions(certificate: Bytes): Restrictions {
  const { version1, issuer, subject, extensions } = readCertificate(
    certificate,
  );
  const usage = extensions.get("2.5.29.37");
  return {
    keyUsage: bitsOf(extensions.get("2.5.29.15")),
    extendedKeyUsage: usage && readIdentifiers(usage.value),
    extendedKeyUsageIsCritical: usage?.critical ?? false,
    netscapeType: bitsOf(extensions.get("2.16.840.1.113730.1.1")),
    isAuthority: authorityOf(extensions.get("2.5.29.19")),
    isOldRoot: version1 && issuer === subject,
  };
}

/** The first nine bits: the first byte low, as the constants have it. */
function bitsOf(extension: Extension | undefined): number | undefined {
  if (extension === undefined) return undefined;
  const { content } = new DerReader(extension.value).next(Tag.bitString);
  return (content[1] ?? 0) | (content[2] ?? 0) << 8;
}

function readIdentifiers(value: Bytes): string[] {
  const ids: string[] = [];
  const list = new DerReader(new DerReader(value).next(Tag.sequence).content);
  while (!list.atEnd) {
    ids.push(readObjectIdentifier(list.next(Tag.objectIdentifier).content));
  }
  return ids;
}

function authorityOf(extension: Extension | undefined): boolean | undefined {
  if (extension === undefined) return undefined;
  const constraints = new DerReader(
    new DerReader(extension.value).next(Tag.sequence).content,
  );
  return constraints.nextIf(Tag.boolean)?.content[0] === 0xff;
}
