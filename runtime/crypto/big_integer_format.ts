/**
 * Big integers as text and bytes, and back, in OpenSSL's forms. Bytes are
 * binary strings.
 */
import { bitLength, magnitude } from "./big_integer.ts";
import { binaryBytes, binaryString } from "../posix/bytes.ts";

/**
 * Reads decimal digits, after a minus sign perhaps, up to the first other
 * character.
 *
 * @param text The digits
 * @returns The number, or `undefined` if there is no digit
 */
export function parseDecimal(text: string): bigint | undefined {
  const match = /^(-?)(\d+)/.exec(text);
  if (match === null) return undefined;
  const value = BigInt(match[2]!);
  return match[1] === "-" ? -value : value;
}

/**
 * Reads hexadecimal digits, otherwise like {@link parseDecimal}.
 *
 * @param text The digits
 * @returns The number, or `undefined` if there is no digit
 */
export function parseHexadecimal(text: string): bigint | undefined {
  const match = /^(-?)([\da-fA-F]+)/.exec(text);
  if (match === null) return undefined;
  const value = BigInt("0x" + match[2]!);
  return match[1] === "-" ? -value : value;
}

/**
 * Writes a number in upper-case hexadecimal, with an even number of digits.
 *
 * @param value The number
 * @returns The digits; `0` for zero
 */
export function formatHexadecimal(value: bigint): string {
  if (value === 0n) return "0";
  return (value < 0n ? "-" : "") + hexBytes(value).toUpperCase();
}

/**
 * Reads the magnitude of a number, most significant byte first.
 *
 * @param bytes The bytes
 * @returns The number; 0 for no bytes
 */
export function parseMagnitude(bytes: string): bigint {
  return bytes === "" ? 0n : BigInt("0x" + binaryBytes(bytes).toHex());
}

/**
 * Writes the magnitude of a number, most significant byte first.
 *
 * @param value The number
 * @returns The bytes; none for zero
 */
export function formatMagnitude(value: bigint): string {
  if (value === 0n) return "";
  return binaryString(Uint8Array.fromHex(hexBytes(value)));
}

/**
 * Reads OpenSSL's MPI format: four bytes of length, then the magnitude, whose
 * first bit is the sign.
 *
 * @param bytes The bytes
 * @returns The number, or `undefined` when the length is not that of the rest
 */
export function parseMpi(bytes: string): bigint | undefined {
  if (bytes.length < 4) return undefined;
  if (parseMagnitude(bytes.slice(0, 4)) !== BigInt(bytes.length - 4)) {
    return undefined;
  }
  const value = parseMagnitude(bytes.slice(4));
  const sign = 1n << BigInt(8 * (bytes.length - 4)) >> 1n;
  return (value & sign) === 0n ? value : -(value & ~sign);
}

/**
 * Writes OpenSSL's MPI format.
 *
 * @param value The number
 * @returns The bytes
 */
export function formatMpi(value: bigint): string {
  let bytes = formatMagnitude(value);
  if (bitLength(value) % 8 === 0 && value !== 0n) bytes = "\0" + bytes;
  if (value < 0n) {
    bytes = String.fromCharCode(bytes.charCodeAt(0) | 0x80) + bytes.slice(1);
  }
  return formatMagnitude(BigInt(bytes.length)).padStart(4, "\0") + bytes;
}

function hexBytes(value: bigint): string {
  const digits = magnitude(value).toString(16);
  return digits.length % 2 === 0 ? digits : "0" + digits;
}
