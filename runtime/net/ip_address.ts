/**
 * IP addresses as text and as bytes: what C's inet_pton and inet_ntop do.
 *
 * Literal addresses only: no names, no ports, no scopes, none of the shorthands of inet_aton.
 */

const DECIMAL = /^(?:0|[1-9]\d{0,2})$/;
const GROUP = /^[\da-fA-F]{1,4}$/;

/**
 * Reads an IPv4 or IPv6 address.
 *
 * @param text Such as `127.0.0.1` or `::1`.
 * @returns 4 or 16 bytes, or undefined when the text is no address.
 */
export function parseIp(text: string): Uint8Array<ArrayBuffer> | undefined {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

/**
 * Reads an IPv4 address: four decimal numbers without leading zeros.
 *
 * @param text Such as `127.0.0.1`.
 * @returns 4 bytes, or undefined when the text is no such address.
 */
export function parseIpv4(text: string): Uint8Array<ArrayBuffer> | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(4);
  for (const [index, part] of parts.entries()) {
    const value = Number(part);
    if (!DECIMAL.test(part) || value > 255) return undefined;
    bytes[index] = value;
  }
  return bytes;
}

/**
 * Reads an IPv6 address, also one that ends like an IPv4 address.
 *
 * @param text Such as `fe80::1` or `::ffff:1.2.3.4`.
 * @returns 16 bytes, or undefined when the text is no such address.
 */
export function parseIpv6(text: string): Uint8Array<ArrayBuffer> | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const count = head.length + tail.length;
  // "::" stands for at least one group.
  if (halves.length === 1 ? count !== 8 : count > 7) return undefined;
  const bytes = new Uint8Array(16);
  const write = (groups: readonly number[], start: number) => {
    for (const [index, group] of groups.entries()) {
      bytes[2 * (start + index)] = group >> 8;
      bytes[2 * (start + index) + 1] = group;
    }
  };
  write(head, 0);
  write(tail, 8 - tail.length);
  return bytes;
}

function parseGroups(text: string, last: boolean): number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (last && index === parts.length - 1 && part.includes(".")) {
      const v4 = parseIpv4(part);
      if (v4 === undefined) return undefined;
      groups.push(v4[0]! << 8 | v4[1]!, v4[2]! << 8 | v4[3]!);
    } else if (GROUP.test(part)) {
      groups.push(parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

/**
 * Writes an IP address as C's inet_ntop does.
 *
 * @param ip 4 or 16 bytes.
 * @returns The text: lower case, the longest run of zero groups as `::`.
 */
export function formatIp(ip: Uint8Array): string {
  if (ip.length === 4) return ip.join(".");
  const groups = Array.from(
    { length: 8 },
    (_, index) => ip[2 * index]! << 8 | ip[2 * index + 1]!,
  );
  const [start, length] = longestZeroRun(groups);
  // IPv4-mapped and IPv4-compatible addresses end in dotted decimals.
  const mapped = start === 0 &&
    (length === 6 || (length === 5 && groups[5] === 0xffff));
  const format = (part: readonly number[]) =>
    part.map((group) => group.toString(16)).join(":");
  if (mapped) {
    return `::${length === 5 ? "ffff:" : ""}${ip.subarray(12).join(".")}`;
  }
  if (length < 2) return format(groups);
  return `${format(groups.slice(0, start))}::${
    format(groups.slice(start + length))
  }`;
}

function longestZeroRun(groups: readonly number[]): [number, number] {
  let best: [number, number] = [0, 0];
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === 0) end++;
    if (end - start > best[1]) best = [start, end - start];
  }
  return best;
}
