/**
 * Which servers to ask, and how patiently: /etc/resolv.conf, the environment, or one address.
 *
 * The search list is not read, for it is not used (mtev-lua-api.md §6.2). The variables are those of
 * §6.1: NSCACHEIP and NAMESERVERS stand for the file's servers, RES_OPTIONS for its options.
 */
import { parseIp } from "../net/ip_address.ts";

/** A name server. */
export interface Server {
  /** Its address: 4 or 16 bytes. */
  readonly ip: Uint8Array<ArrayBuffer>;
  readonly port: number;
}

/** How to resolve. */
export interface DnsConfiguration {
  /** Whom to ask, in order. */
  readonly servers: readonly Server[];
  /** How long to wait for an answer, in milliseconds. */
  readonly timeoutMs: number;
  /** How often to ask each server. */
  readonly attempts: number;
}

const PORT = 53;
/** What the reference's resolver does when nobody says otherwise (§6.1). */
const TIMEOUT_S = 4;
const ATTEMPTS = 5;
/** More servers and attempts than these are not tried. */
const MAX_SERVERS = 6;
const MAX_ATTEMPTS = 10;
const MAX_TIMEOUT_S = 300;

/**
 * Reads a server's address.
 *
 * @param text `127.0.0.1`, `127.0.0.1:5353`, `::1` or `[::1]:5353`.
 * @returns The server, or undefined when the text is none.
 */
export function parseServer(text: string): Server | undefined {
  const bare = parseIp(text);
  if (bare !== undefined) return { ip: bare, port: PORT };
  const [, v6, v4, digits] = /^(?:\[([^\]]*)\]|([\d.]+))(?::(\d{1,5}))?$/
    .exec(text) ?? [];
  const address = v6 ?? v4;
  const ip = address === undefined ? undefined : parseIp(address);
  const port = digits === undefined ? PORT : Number(digits);
  if (ip === undefined || port < 1 || port > 65535) return undefined;
  if ((ip.length === 16) !== (v6 !== undefined)) return undefined;
  return { ip, port };
}

/**
 * Makes the configuration that the system and the environment ask for.
 *
 * @param file The text of resolv.conf.
 * @param environment The variables.
 * @returns The configuration; this host when no server is named.
 */
export function parseConfiguration(
  file: string,
  environment: Readonly<Record<string, string>>,
): DnsConfiguration {
  const lines = file.split("\n").map((line) =>
    line.replace(/[#;].*/, "").trim().split(/\s+/)
  );
  const named = environment.NSCACHEIP ?? environment.NAMESERVERS;
  const addresses = named?.split(/[\s,]+/) ??
    lines.filter(([word]) => word === "nameserver").map(([, address]) =>
      address ?? ""
    );
  const servers = addresses.map(parseServer)
    .filter((server) => server !== undefined).slice(0, MAX_SERVERS);
  const options = environment.RES_OPTIONS?.split(/\s+/) ??
    lines.filter(([word]) => word === "options").flatMap((line) =>
      line.slice(1)
    );
  const option = (name: string, fallback: number, limit: number) => {
    const found = options.findLast((text) => text.startsWith(`${name}:`));
    const value = Math.trunc(Number(found?.slice(name.length + 1)));
    return value >= 1 ? Math.min(value, limit) : fallback;
  };
  return {
    servers: servers.length > 0 ? servers : [parseServer("127.0.0.1")!],
    timeoutMs: option("timeout", TIMEOUT_S, MAX_TIMEOUT_S) * 1000,
    attempts: option("attempts", ATTEMPTS, MAX_ATTEMPTS),
  };
}

/**
 * The configuration for asking one server.
 *
 * @param server The server.
 * @returns The configuration.
 */
export function configurationFor(server: Server): DnsConfiguration {
  return {
    servers: [server],
    timeoutMs: TIMEOUT_S * 1000,
    attempts: ATTEMPTS,
  };
}

/**
 * The addresses that a hosts file gives a name.
 *
 * @param file The text of /etc/hosts.
 * @param name A domain name; case and a final dot do not matter.
 * @returns The addresses in the order of the file, 4 or 16 bytes each.
 */
export function hostAddresses(
  file: string,
  name: string,
): Uint8Array<ArrayBuffer>[] {
  const wanted = name.toLowerCase().replace(/\.$/, "");
  const found: Uint8Array<ArrayBuffer>[] = [];
  for (const line of file.split("\n")) {
    const [address, ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (!names.some((one) => one.toLowerCase() === wanted)) continue;
    const ip = parseIp(address!);
    if (ip !== undefined) found.push(ip);
  }
  return found;
}

/**
 * Reads a file of the system's, such as /etc/hosts.
 *
 * @param path The file.
 * @returns Its text; nothing when it cannot be read.
 */
export function readSystemFile(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
