/**
 * How fast PCRE, digests, encoders and decompression are: `deno run -A
 * tests/bench/codecs_bench.ts`. Rows named after Lua functions run in Lua and
 * include the engine; the others call the runtime. Rates count the processor
 * time of the process. It judges nothing; docs/performance.md says what a run
 * gave.
 */
import { createHash } from "node:crypto";
import process from "node:process";
import { gzipSync } from "node:zlib";
import { createRuntime } from "../../mod.ts";
import { Inflate } from "../../runtime/compress/inflate.ts";
import { modularPower } from "../../runtime/crypto/big_integer.ts";
import { digest, nodeHashes } from "../../runtime/crypto/digest.ts";
import { decodeBase64, encodeBase64 } from "../../runtime/encode/base64.ts";
import { Matcher } from "../../runtime/pcre/matcher.ts";
import { binaryBytes, binaryString } from "../../runtime/posix/bytes.ts";

const ROUNDS = 5;

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Prints the best of some rounds, in calls per second. */
function measure(name: string, calls: number, body: () => void): void {
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = processorTime();
    for (let i = 0; i < calls; i++) body();
    best = Math.max(best, calls / (processorTime() - start) * 1000);
  }
  print(name, best);
}

function print(name: string, rate: number): void {
  const text = rate.toLocaleString("en", { maximumSignificantDigits: 3 });
  console.log(`${name.padEnd(48)} ${text.padStart(11)} /s`);
}

const ASCII = "0123456789abcdef".repeat(64);
const BYTES = String.fromCharCode(...Array(256).keys()).repeat(4);

for (const [kind, kib] of [["ASCII", ASCII], ["bytes", BYTES]] as const) {
  for (const name of ["md5", "sha1", "sha256"] as const) {
    measure(`${name}, 1 KiB of ${kind}`, 50_000, () => {
      digest(name, kib).toHex();
    });
  }
  measure(`base64 there and back, 1 KiB of ${kind}`, 50_000, () => {
    decodeBase64(encodeBase64(kib));
  });
}
const hashes = nodeHashes();
const bytes = binaryBytes(ASCII), into = new Uint8Array(32);
measure("sha256, 1 KiB in a buffer, node:crypto hash()", 50_000, () => {
  hashes.sha256(bytes, 1024, into);
});
measure("sha256, 1 KiB as latin1 text, createHash()", 20_000, () => {
  createHash("sha256").update(ASCII, "latin1").digest("hex");
});

const pair = new Matcher("(\\d+)-(\\w+)");
measure("pcre: match of 14 bytes with two groups", 200_000, () => {
  pair.reset();
  const groups = pair.next("abc 123-foo def");
  for (let group = 0; group < groups; group++) pair.group(group);
});
let number = 0;
measure("pcre: compilation, not remembered", 2000, () => {
  new Matcher(`(\\d+)-(\\w+)${number++}`);
});
const catastrophe = new Matcher("(a+)+$");
measure("pcre: (a+)+$ up to the default limit", 2, () => {
  catastrophe.reset();
  catastrophe.next("a".repeat(64) + "b");
});

const noise = Array.from(
  { length: 100_000 },
  (_, i) => `line ${i * 7919 % 1e5}\n`,
);
const gzip = binaryString(gzipSync(noise.join("")));
measure(
  `gunzip: ${Math.round(noise.join("").length / 1e6)} MB at once`,
  3,
  () => {
    new Inflate().push(gzip, 0);
  },
);
const [p, g] = [2n ** 2203n - 1n, 2n ** 2000n + 3n];
measure("bignum: mod_exp with 2203 bits", 2, () => {
  modularPower(g, p - 2n, p);
});

await using runtime = await createRuntime();
const rows: readonly (readonly [string, number, string])[] = [
  [
    "mtev.md5_hex, 1 KiB",
    50_000,
    "local f = mtev.md5_hex return function() f(kib) end",
  ],
  [
    "mtev.sha256_hex, 1 KiB",
    50_000,
    "local f = mtev.sha256_hex return function() f(kib) end",
  ],
  [
    "mtev.base64_encode and _decode, 1 KiB",
    50_000,
    "local e, d = mtev.base64_encode, mtev.base64_decode return function() d(e(kib)) end",
  ],
  [
    "mtev.pcre matcher, two groups",
    100_000,
    `local m = mtev.pcre("(\\\\d+)-(\\\\w+)")
     return function() m("abc 123-foo def") m(nil) end`,
  ],
];
for (const [name, calls, source] of rows) {
  await runtime.eval(`kib = ("0123456789abcdef"):rep(64)
    body = (function() ${source} end)()
    function repeated(n) for _ = 1, n do body() end end`);
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = processorTime();
    await runtime.call("repeated", calls);
    best = Math.max(best, calls / (processorTime() - start) * 1000);
  }
  print(name, best);
}
