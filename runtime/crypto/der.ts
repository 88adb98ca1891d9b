/**
 * ASN.1 in DER: writing values, and reading them one after another. Knows tags
 * and lengths, not what they mean. Reading is strict about lengths, so that
 * nothing outside a value is ever read.
 */

/** The tags that certificates and requests use. */
export const Tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Writes a value of parts that are DER or bytes. */
export function der(
  tag: number,
  ...parts: readonly (Uint8Array | readonly number[])[]
): Uint8Array<ArrayBuffer> {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const header = [tag];
  if (size < 0x80) header.push(size);
  else {
    const digits: number[] = [];
    for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) {
      digits.unshift(rest % 256);
    }
    header.push(0x80 | digits.length, ...digits);
  }
  const bytes = new Uint8Array(header.length + size);
  bytes.set(header);
  let offset = header.length;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/**
 * Writes an object identifier.
 *
 * @param dotted Such as `2.5.4.3`
 * @returns The DER, or `undefined` for text that is none
 */
export function derObjectIdentifier(
  dotted: string,
): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[0-2](\.(0|[1-9]\d*))+$/.test(dotted)) return undefined;
  const [first, second, ...rest] = dotted.split(".").map(BigInt) as [
    bigint,
    bigint,
    ...bigint[],
  ];
  if (first < 2n && second > 39n) return undefined;
  const bytes: number[] = [];
  for (let arc of [first * 40n + second, ...rest]) {
    const digits = [Number(arc & 0x7fn)];
    while ((arc >>= 7n) > 0n) digits.unshift(Number(arc & 0x7fn) | 0x80);
    bytes.push(...digits);
  }
  return der(Tag.objectIdentifier, bytes);
}

/** A value that was read. */
export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array<ArrayBuffer>;
  /** Tag, length and content. */
  readonly whole: Uint8Array<ArrayBuffer>;
}

/** Reads the values in some bytes one after another. */
export class DerReader {
  #offset = 0;

  /** @param bytes What to read, such as the content of a sequence */
  constructor(private readonly bytes: Uint8Array<ArrayBuffer>) {}

  /** Whether all values were read. */
  get atEnd(): boolean {
    return this.#offset >= this.bytes.length;
  }

  /**
   * Reads the next value.
   *
   * @param tag The tag that it must have; any if it is left out
   * @returns The value
   * @throws {SyntaxError} When there is none, or one of another tag
   */
  next(tag?: number): DerValue {
    const value = this.#read();
    if (tag !== undefined && value.tag !== tag) {
      throw new SyntaxError(
        `Cannot read DER: got tag ${value.tag}, want ${tag}`,
      );
    }
    return value;
  }

  /**
   * Reads the next value if it has a tag.
   *
   * @param tag The tag
   * @returns The value, or `undefined` at the end or before another tag
   */
  nextIf(tag: number): DerValue | undefined {
    return this.bytes[this.#offset] === tag ? this.next(tag) : undefined;
  }

  #read(): DerValue {
    const start = this.#offset;
    const tag = this.#byte();
    if ((tag & 0x1f) === 0x1f) {
      throw new SyntaxError("Cannot read DER: tags above 30 are not supported");
    }
    let length = this.#byte();
    if (length >= 0x80) {
      const digits = length & 0x7f;
      if (digits === 0 || digits > 4) {
        throw new SyntaxError("Cannot read DER: the length has no DER form");
      }
      length = 0;
      for (let i = 0; i < digits; i++) length = length * 256 + this.#byte();
    }
    const from = this.#offset, to = from + length;
    if (to > this.bytes.length) {
      throw new SyntaxError(
        `Cannot read DER: ${length} bytes are announced, ${
          this.bytes.length - from
        } are there`,
      );
    }
    this.#offset = to;
    return {
      tag,
      content: this.bytes.subarray(from, to),
      whole: this.bytes.subarray(start, to),
    };
  }

  #byte(): number {
    const byte = this.bytes[this.#offset++];
    if (byte === undefined) throw new SyntaxError("Cannot read DER: it ends");
    return byte;
  }
}

/**
 * Reads the content of an object identifier.
 *
 * @param content The bytes after tag and length
 * @returns Such as `2.5.4.3`
 */
export function readObjectIdentifier(content: Uint8Array): string {
  const arcs: bigint[] = [];
  // As digits of one literal: shifting a BigInt for each byte would take a
  // minute for an identifier of half a megabyte.
  let bits = "";
  for (const byte of content) {
    bits += (byte & 0x7f).toString(2).padStart(7, "0");
    if (byte < 0x80) {
      arcs.push(BigInt(`0b${bits}`));
      bits = "";
    }
  }
  const [head = 0n, ...rest] = arcs;
  const first = head < 80n ? head / 40n : 2n;
  return [first, head - first * 40n, ...rest].join(".");
}

/**
 * Writes DER as PEM.
 *
 * @param label What stands after `BEGIN`
 * @param bytes The DER
 * @returns The text, with a newline at its end
 */
export function toPem(label: string, bytes: Uint8Array): string {
  const lines = bytes.toBase64().replace(/.{64}(?!$)/g, "$&\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

/**
 * Reads the first PEM block with one of some labels.
 *
 * @param text Text with blocks in it
 * @param labels The labels
 * @returns The DER, or `undefined` without such a block or for broken Base64
 */
export function fromPem(
  text: string,
  labels: readonly string[],
): Uint8Array<ArrayBuffer> | undefined {
  const blocks = text.matchAll(
    /-----BEGIN ([A-Z0-9 ]+)-----\r?\n([^-]*)-----END \1-----/g,
  );
  for (const [, label, body] of blocks) {
    if (!labels.includes(label!)) continue;
    try {
      return Uint8Array.fromBase64(body!);
    } catch {
      return undefined;
    }
  }
  return undefined;
}
