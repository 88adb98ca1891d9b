/**
 * Regular expressions, decompression, encodings, keys and certificates as fuzz
 * targets. Besides surviving, most have to agree with a second way to the same
 * result.
 */
import { Buffer } from "node:buffer";
import { X509Certificate } from "node:crypto";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { LuaError } from "../../lua/errors.ts";
import { createRuntime } from "../../lua/runtime.ts";
import { Inflate, InflateError } from "../../runtime/compress/inflate.ts";
import {
  formatMpi,
  parseDecimal,
  parseHexadecimal,
  parseMpi,
} from "../../runtime/crypto/big_integer_format.ts";
import { certificatePurposes } from "../../runtime/crypto/certificate_purposes.ts";
import {
  CertificateRequest,
  createRequest,
} from "../../runtime/crypto/certificate_request.ts";
import { derNamePart } from "../../runtime/crypto/distinguished_name.ts";
import { derExtension } from "../../runtime/crypto/request_extensions.ts";
import { RsaKey } from "../../runtime/crypto/rsa_key.ts";
import { decodeBase32, encodeBase32 } from "../../runtime/encode/base32.ts";
import { decodeBase64, encodeBase64 } from "../../runtime/encode/base64.ts";
import { utf8ToHtml } from "../../runtime/encode/html_entities.ts";
import { Matcher, PatternError } from "../../runtime/pcre/matcher.ts";
import { binaryBytes, binaryString } from "../../runtime/posix/bytes.ts";
import { ocspUrl, signatureAlgorithm } from "../../runtime/tls/certificate.ts";
import { PCRE2_MISSING } from "../support/libraries.ts";
import type { Target } from "./target.ts";

const never = () => false;

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(`Cannot be: ${what}`);
}

const PCRE: Target = {
  name: "pcre",
  seeds: PCRE2_MISSING !== "" ? [] : [
    "^(\\w+)\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)')$",
    "(*UTF8)(?i)(?<n>[[:alpha:]\\d-z]+?)(?=\\k<n>)(?(1)a|b)\\x{e9}",
    "(?x) (a+)+ (?#c) [^]\\]-] \\Qa.b\\E \\g{-1} (?>x|y)*+ $",
  ],
  tokens: ["(", ")", "[", "(?<", "\\", "{2,3}", "(?R)", "\\K", "(*", "\\y"],
  run(text) {
    const matcher = new Matcher(text);
    for (const subject of ["key = 'value'", "aaaaaaaa!", "\xe9\xff\0", text]) {
      for (let count = 0, last = 0; count < 5; count++) {
        const limits = { matches: 2000, depth: 500 };
        const groups = matcher.next(subject, limits);
        if (groups <= 0) break;
        for (let group = 0; group < groups; group++) {
          const start = matcher.start(group), end = matcher.end(group);
          check(end >= start || group === 0, `a group of ${end - start} bytes`);
          check(end <= subject.length, `a group that ends at ${end}`);
          const unset = matcher.group(group) === "" && start === end;
          check(unset || start >= last, `a group before the last match`);
        }
        last = matcher.end(0);
      }
      matcher.reset();
    }
  },
  refuses: (error) => error instanceof PatternError,
  missing: "libpcre2-8 is not installed",
};

const TEXT = "The quick brown fox jumps over the lazy dog. ".repeat(20);
const LIMIT = 1_000_000;

/** What a stream gives for pieces, or the name of its error. */
function inflate(pieces: readonly string[]): string {
  const stream = new Inflate();
  let text = "";
  for (const piece of pieces) {
    if (piece === "" && !stream.ended) continue;
    try {
      text += stream.push(piece, LIMIT);
    } catch (error) {
      if (error instanceof InflateError) return error.message;
      if (error instanceof RangeError) return "too much";
      throw error;
    }
  }
  return text;
}

const GUNZIP: Target = {
  name: "gunzip",
  seeds: [gzipSync, deflateSync, deflateRawSync].map((compress) =>
    binaryString(compress(TEXT))
  ),
  tokens: ["\x1f\x8b\x08", "\x78\x9c", "\0\0\0\0", "\xff\xff", "\x08\x1d"],
  run(text) {
    const whole = inflate([text]);
    const middle = text.length >> 1;
    check(
      whole === inflate([text[0]!, text.slice(1, middle), text.slice(middle)]),
      "pieces give something else than the whole",
    );
    if (whole.startsWith("Cannot") || whole === "too much") {
      throw new InflateError("data error");
    }
  },
  refuses: (error) => error instanceof InflateError,
};

const ENCODINGS: readonly Target[] = [
  {
    name: "base64",
    seeds: ["VGhlIHF1aWNrIGJyb3duIGZveA==", "AAAA", "-_-_ \n+/+/"],
    tokens: ["=", "==", "\n", " ", "-_", "AAAA"],
    run(text) {
      check(decodeBase64(encodeBase64(text)) === text, "a lost byte");
      // The white space leads around the decoder for what is well-formed.
      for (const space of ["\n", "\n ", "\t \n"]) {
        check(
          decodeBase64(space + text) === decodeBase64(text),
          "the two decoders differ",
        );
      }
    },
    refuses: never,
  },
  {
    name: "base32",
    seeds: ["KRUGKIDROVUWG2ZAMJZG653O", "nbsw-y3dp", "ME======"],
    tokens: ["=", "======", "-", " ", "aaaaaaaa", "0189"],
    run(text) {
      check(decodeBase32(encodeBase32(text)) === text, "a lost byte");
      check(
        decodeBase32(`- ${text}`) === decodeBase32(text),
        "a hyphen counts",
      );
    },
    refuses: never,
  },
  {
    name: "utf8tohtml",
    seeds: ["<caf\xc3\xa9> \xe2\x82\xac \xf0\x9f\x98\x80 & \xce\xb1"],
    tokens: ["<", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80"],
    run(text) {
      const html = utf8ToHtml(text, true);
      check(/^[\0-\x7f]*$/.test(html), "a byte that is not ASCII");
      check(!/[<>]/.test(html.replace(/&[lg]t;/g, "")), "a tag");
    },
    refuses: (error) => error instanceof TypeError,
  },
  {
    name: "bignum",
    seeds: ["-123456789012345678901234567890", "\0\0\0\x03\x81\x02\x03", "fF0"],
    tokens: ["-", "\0\0\0\x01", "99999999999", "\x80", "ffff"],
    run(text) {
      parseDecimal(text);
      parseHexadecimal(text);
      const value = parseMpi(text);
      if (value === undefined) return;
      check(parseMpi(formatMpi(value)) === value, "an MPI does not come back");
    },
    refuses: never,
  },
];

/** Made once by openssl, with extensions of all kinds that are looked at. */
const CERTIFICATE = binaryString(Uint8Array.fromBase64(
  "MIICMjCCAdigAwIBAgIUCU4o+fasz3969X/FF7FdZMIh1tAwCgYIKoZIzj0EAwIwLTEL" +
    "MAkGA1UEBhMCREUxDTALBgNVBAoMBFRlc3QxDzANBgNVBAMMBmEudGVzdDAgFw0yNjEx" +
    "MjExMTAxNTZaGA8yMTI2MTAyODExMDE1NlowLTELMAkGA1UEBhMCREUxDTALBgNVBAoM" +
    "BFRlc3QxDzANBgNVBAMMBmEudGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHy8" +
    "bPmtO0ju92VPe9snGo9dZUvqS/hiVx06p40ZhEBwO25zBuOODXRV+ERDKDWgSsryybds" +
    "cETqgQnPqWnMg9WjgdMwgdAwHQYDVR0OBBYEFCWpl+lRX6r0B2lFgByZkpD2BbeoMB8G" +
    "A1UdIwQYMBaAFCWpl+lRX6r0B2lFgByZkpD2BbeoMA8GA1UdEwEB/wQFMAMBAf8wFwYD" +
    "VR0RBBAwDoIGYS50ZXN0hwR/AAABMAsGA1UdDwQEAwIChDAYBgNVHSUEETAPBggrBgEF" +
    "BQcDAQYDKgMEMBEGCWCGSAGG+EIBAQQEAwICBDAqBggrBgEFBQcBAQQeMBwwGgYIKwYB" +
    "BQUHMAGGDmh0dHA6Ly9vLnRlc3QvMAoGCCqGSM49BAMCA0gAMEUCIGNoMV9edhgBPCqU" +
    "qiW28i+kmttWaMeh8zlgPMePqd2yAiEA7MFClH0IQzVobKPZcAANM+ZbyrA30nzBv6jm" +
    "aDYAoYM=",
));

/** Always the same, so that a seed always makes the same documents. */
const KEY = RsaKey.fromPem(`-----BEGIN PRIVATE KEY-----
MIIBVAIBADANBgkqhkiG9w0BAQEFAASCAT4wggE6AgEAAkEAusLLlYffPQYcY45Y
2X+VgzGCJKD7nxqbdcA13+8mn/o1t/jlzr5wJdowVYNssudjkZrg9TqhAP4lFO8t
WU6AEwIDAQABAkBOoQSlh/bs8k2xfJTbvWNtQMLSORS2/7TD9pC4Hy/b2funbeEQ
RApelf6Ni3sT0oDKVexTEOwyI5tkpH38qYyBAiEA55+97II7yBYl/Q6z6MjoSnLm
GGDUvEs5SD6hDwFrhdsCIQDOamHv47t86Z+Xq12mNlJVymYxOheq7150sq2x9wcw
KQIhANucb/0g9gGeTmKDYD1k0CpWiqeul8X4JNXE2/xYQlRlAiAwXYTtLLM1pZgb
da/PzlKkf3RKfI4nI0dCmMtSM8ufYQIgGjR0QSJpSWSzQXYVVl97UUrqRUhaObp6
8SuFKiQmBME=
-----END PRIVATE KEY-----
`)!;
const REQUEST = createRequest(KEY, {
  subject: [derNamePart("C", "DE"), derNamePart("CN", "a.test")].filter(
    (part) => typeof part !== "string",
  ),
  digest: "sha256",
  extensions: [],
});
const CONTEXT = {
  publicKey: KEY.publicKeyBits(),
  sha1: () => new Uint8Array(20),
};

const DER_TOKENS = ["\x30\x80", "\x30\x84\xff\xff\xff\xff", "\x06\x00", "\xff"];
const PEM_TOKENS = ["-----", "\n", "BEGIN ", "=", "AAAA", "MIIB"];

const CRYPTO: readonly Target[] = [
  {
    name: "certificate request, der",
    seeds: [binaryString(REQUEST.bytes)],
    tokens: DER_TOKENS,
    run(text) {
      const { subject } = new CertificateRequest(binaryBytes(text));
      check(/^[ -~]*$/.test(subject), "a subject that is not ASCII");
    },
    refuses: (error) => error instanceof SyntaxError,
  },
  {
    name: "certificate request, pem",
    seeds: [REQUEST.toPem()],
    tokens: PEM_TOKENS,
    run(text) {
      const request = CertificateRequest.fromPem(text);
      if (request === undefined) throw new SyntaxError("none");
      const again = CertificateRequest.fromPem(request.toPem());
      check(again?.subject === request.subject, "another subject");
    },
    refuses: (error) => error instanceof SyntaxError,
  },
  {
    name: "certificate",
    seeds: [CERTIFICATE],
    tokens: DER_TOKENS,
    run(text) {
      let certificate: X509Certificate;
      try {
        certificate = new X509Certificate(Buffer.from(text, "latin1"));
      } catch {
        throw new SyntaxError("none"); // node's business
      }
      ocspUrl(certificate);
      signatureAlgorithm(certificate);
      certificatePurposes(binaryBytes(text));
    },
    refuses: (error) => error instanceof SyntaxError,
  },
  {
    name: "rsa key",
    seeds: [KEY.toPem()],
    tokens: PEM_TOKENS,
    run(text) {
      const key = RsaKey.fromPem(text);
      if (key === undefined) throw new SyntaxError("none");
      RsaKey.fromPem(key.toPem());
      key.publicKeyBits();
    },
    refuses: (error) => error instanceof SyntaxError,
  },
  {
    name: "extension",
    seeds: [
      "subjectAltName=critical,DNS:a.test,IP:::1,RID:1.2.3,email:a@b,URI:u:/",
      "basicConstraints=CA:TRUE,pathlen:3",
      "keyUsage=digitalSignature, cRLSign",
      "1.2.3.4=DER:30:03:01 01 FF",
      "subjectKeyIdentifier=hash",
      "tlsfeature=status_request",
    ],
    tokens: [",", ":", "critical,", "DER:", "IP:", "1.2.3", "="],
    run(text) {
      const [name = "", ...value] = text.split("=");
      derExtension(name, value.join("="), CONTEXT);
    },
    refuses: never,
  },
];

/** Parsers that are Lua functions, or can only be called as such. */
const LUA = `
function fuzz_unpack(text)
  local format, bytes = text:match("^([^\\n]*)\\n?(.*)$")
  local position = string.unpack(bytes, format)
  assert(position >= 1 and position <= #bytes + 1, "read beyond the end")
end
function fuzz_url(text)
  local decode, encode = mtev.extras.url_decode, mtev.extras.url_encode
  assert((decode((encode(text)))) == text, "a lost byte")
  assert(#(decode(text)) <= #text, "more bytes than there were")
end
function fuzz_form(text)
  local request = {
    headers = function(_, name)
      return name == "cookie" and text or "application/x-www-form-urlencoded"
    end,
    payload = function() return text end,
  }
  for _, decode in ipairs{mtev.extras.decode_form, mtev.extras.decode_cookie} do
    for key, value in pairs(decode(request)) do
      assert(type(key) == "string" and (value == true or type(value) == "string"))
    end
  end
end
`;

/** Targets, and the runtime that some of them call. */
export interface Targets extends AsyncDisposable {
  readonly list: readonly Target[];
}

/**
 * Makes the targets.
 *
 * @returns The targets; to be disposed, as there is a runtime behind them
 */
export async function codecs(): Promise<Targets> {
  const runtime = await createRuntime();
  await runtime.eval(LUA);
  const call = (name: string) => async (text: string): Promise<void> => {
    await runtime.call(name, text);
  };
  const lua: readonly Target[] = [
    {
      name: "string.unpack",
      seeds: [
        "<i2 >H,b3 =d z p A4\nabcdefgh\0ijklmnopqrstuvwx\0\x03abcABCDEFG",
        "a P n f L l\n\x02\0\0\0ab\x03\0abc" + "\x40".repeat(40),
      ],
      tokens: ["A99", "z", "\n", "\xff\xff\xff\xff", "0", "P", "<", "b9"],
      run: call("fuzz_unpack"),
      refuses: (error) =>
        error instanceof LuaError && /bad code/.test(error.message),
    },
    {
      name: "url",
      seeds: ["a%20b+c%E9%zz%", "%25%00~-._"],
      tokens: ["%", "%%", "%2", "%00", "+"],
      run: call("fuzz_url"),
      refuses: never,
    },
    {
      name: "form",
      seeds: ["a=1&b=%20x&c&d=&=e&&f==", "k=v; q; r=; %3d=%3b"],
      tokens: ["&", "=", "; ", "%", "\0", "%00"],
      run: call("fuzz_form"),
      refuses: never,
    },
  ];
  return {
    list: [PCRE, GUNZIP, ...ENCODINGS, ...CRYPTO, ...lua],
    [Symbol.asyncDispose]: () => runtime[Symbol.asyncDispose](),
  };
}
