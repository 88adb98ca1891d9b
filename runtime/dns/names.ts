/**
 * The numbers of DNS record types and classes, by the names that the API knows.
 *
 * The names are those of mtev-lua-api.md §6.2; the numbers are IANA's, and for the experimental
 * ones those of the BIND headers.
 */

const TYPE_LIST =
  "A=1 NS=2 MD=3 MF=4 CNAME=5 SOA=6 MB=7 MG=8 MR=9 NULL=10 WKS=11 PTR=12 " +
  "HINFO=13 MINFO=14 MX=15 TXT=16 RP=17 AFSDB=18 X25=19 ISDN=20 RT=21 NSAP=22 NSAP_PTR=23 " +
  "SIG=24 KEY=25 PX=26 GPOS=27 AAAA=28 LOC=29 NXT=30 EID=31 NIMLOC=32 SRV=33 ATMA=34 NAPTR=35 " +
  "KX=36 CERT=37 A6=38 DNAME=39 SINK=40 OPT=41 DS=43 SSHFP=44 IPSECKEY=45 RRSIG=46 NSEC=47 " +
  "DNSKEY=48 DHCID=49 NSEC3=50 NSEC3PARAMS=51 TALINK=58 SPF=99 UINFO=100 UID=101 GID=102 " +
  "UNSPEC=103 TSIG=250 IXFR=251 AXFR=252 MAILB=253 MAILA=254 ANY=255 ZXFR=256 DLV=32769";

const TYPES = new Map(
  TYPE_LIST.split(" ").map((pair) => {
    const [name, number] = pair.split("=") as [string, string];
    return [name, Number(number)] as const;
  }),
);

const CLASSES = new Map([
  ["INVALID", 0],
  ["IN", 1],
  ["CH", 3],
  ["HS", 4],
  ["ANY", 255],
]);

/** The type of CNAME records. */
export const CNAME = 5;
/** In questions: records of any type, or class. */
export const ANY = 255;
/** The class of the internet. */
export const INTERNET = 1;

/**
 * The number of a record type.
 *
 * @param name Its name, in any case.
 * @returns The number, or undefined for an unknown name.
 */
export function typeNumber(name: string): number | undefined {
  return TYPES.get(name.toUpperCase());
}

/**
 * The number of a class.
 *
 * @param name Its name, in any case.
 * @returns The number, or undefined for an unknown name.
 */
export function classNumber(name: string): number | undefined {
  return CLASSES.get(name.toUpperCase());
}

/**
 * Tells whether a name fits into a question: labels of 1 to 63 bytes, 253 in all.
 *
 * @param name A domain name, in bytes; a final dot is accepted.
 * @returns Whether it fits.
 */
export function isEncodable(name: string): boolean {
  const bare = withoutFinalDot(name);
  if (bare === "") return name === ".";
  return bare.length <= 253 &&
    bare.split(".").every((label) => label.length > 0 && label.length <= 63);
}

/**
 * Cuts off a final dot.
 *
 * @param name A domain name.
 * @returns The same name, without it.
 */
export function withoutFinalDot(name: string): string {
  return name.endsWith(".") ? name.slice(0, -1) : name;
}
