/**
 * Searching with runtime/pcre: the walk through a subject, limits, bytes, size
 * and memory. What errors say is in pcre1_dialect_test.ts.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { LIMIT_ERRORS } from "../../../runtime/pcre/library.ts";
import { Matcher, PatternError } from "../../../runtime/pcre/matcher.ts";
import { PCRE2_MISSING } from "../../support/libraries.ts";

function test(name: string, fn: () => void | Promise<void>): void {
  const ignore = PCRE2_MISSING !== "";
  Deno.test({ name: name + PCRE2_MISSING, ignore, fn });
}

/** All matches of an expression that cannot match the empty string. */
function allMatches(expression: string, subject: string): string[] {
  const matcher = new Matcher(expression);
  const found: string[] = [];
  while (matcher.next(subject) > 0) found.push(matcher.group(0));
  return found;
}

const escaped = (text: string) =>
  text.replace(
    /[^0-9A-Za-z]/g,
    (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );

const ALL_BYTES = String.fromCharCode(...Array(256).keys());

test("next() goes on behind the last match, as in a new string", () => {
  assert.deepEqual(allMatches("^a", "aaab"), ["a", "a", "a"]);
  assert.deepEqual(allMatches("(?<=a)b", "abab"), ["b", "b"]);
  const lookBehind = new Matcher("(?<=a)b|a");
  assert.equal(lookBehind.next("ab"), 1);
  assert.equal(lookBehind.next("ab"), 0); // the a is not seen any more
});

test("next() starts anew for another subject and after reset()", () => {
  const matcher = new Matcher("\\w");
  assert.equal(matcher.next("ab"), 1);
  assert.equal(matcher.next("ab"), 1);
  assert.equal(matcher.group(0), "b");
  assert.equal(matcher.next("cd"), 1);
  assert.equal(matcher.group(0), "c");
  matcher.reset();
  assert.equal(matcher.next("cd"), 1);
  assert.equal(matcher.group(0), "c");
});

test("next() finds nothing in an empty subject, and empty matches stay", () => {
  assert.equal(new Matcher("^$").next(""), 0);
  const empty = new Matcher("x*");
  for (let round = 0; round < 3; round++) {
    assert.equal(empty.next("abc"), 1);
    assert.deepEqual([empty.start(0), empty.end(0)], [0, 0]);
  }
});

test("start() and end() count from the subject's start", () => {
  const matcher = new Matcher("(a)(x)?(b)");
  assert.equal(matcher.next("zab ab"), 4);
  const offsets = () =>
    [0, 1, 2, 3].map((group) => [matcher.start(group), matcher.end(group)]);
  assert.deepEqual(offsets(), [[1, 3], [1, 2], [-1, -1], [2, 3]]);
  assert.equal(matcher.next("zab ab"), 4);
  assert.deepEqual(offsets(), [[4, 6], [4, 5], [2, 2], [5, 6]]);
  assert.equal(matcher.group(2), "");
});

test("Matchers share buffers without mixing up", () => {
  const long = "x".repeat(70_000) + "needle";
  const a = new Matcher("n\\w+"), b = new Matcher("(o)(n)(e)");
  assert.equal(a.next(long), 1);
  assert.equal(a.group(0), "needle");
  assert.equal(b.next("one"), 4);
  assert.equal(a.next("nine"), 1);
  assert.equal(a.group(0), "nine");
  assert.equal(b.next("one, one"), 4);
  assert.equal(b.next("one, one"), 4);
  assert.equal(b.start(0), 5);
});

test("Matcher() takes hundreds of groups", () => {
  const matcher = new Matcher("(.)".repeat(300));
  const subject = "ab".repeat(150);
  assert.equal(matcher.next(subject), 301);
  assert.equal(matcher.group(300), "b");
  assert.equal(matcher.end(300), 300);
});

test("Matcher() reads what PCRE 1 read: unknown escapes and [\\d-z]", () => {
  assert.deepEqual(allMatches("\\y\\j", "xyjz"), ["yj"]);
  assert.deepEqual(allMatches("[\\y]+", "xyyz"), ["yy"]);
  assert.deepEqual(allMatches("[\\d-z]+", "a1-z9y-"), ["1-z9", "-"]);
  assert.deepEqual(allMatches("\\x4\\F", "\x04F"), ["\x04F"]);
  assert.deepEqual(allMatches("a\\9", "a9"), ["a9"]);
});

test("Matcher() is byte-safe in expression and subject", () => {
  for (const byte of ALL_BYTES) {
    assert.deepEqual(allMatches(escaped(byte), ALL_BYTES), [byte]);
    if (!/[\\()[\]{}.*+?^$|]/.test(byte)) {
      assert.deepEqual(allMatches(byte, ALL_BYTES), [byte]);
    }
  }
  const utf8 = Buffer.from("aéb").toString("latin1");
  assert.deepEqual(allMatches("a.b", utf8), []);
  assert.deepEqual(allMatches("(*UTF8)a.b", utf8), [utf8]);
  assert.equal(new Matcher("(*UTF8).").next("\xff"), -23); // invalid UTF-8
});

test("next() ends catastrophic searches at their limits", () => {
  const subject = "a".repeat(64) + "b";
  const matcher = new Matcher("(a+)+$");
  const limits = (code: number) => LIMIT_ERRORS[code];
  assert.equal(limits(matcher.next(subject)), "match limit");
  assert.equal(limits(matcher.next(subject, { matches: 1000 })), "match limit");
  assert.equal(limits(matcher.next(subject, { depth: 5 })), "depth limit");
  assert.equal(
    limits(new Matcher("((?:a|b)*)c").next("a".repeat(1_000_000) + "c")),
    "heap limit",
  );
  // A limit holds for one search only.
  assert.equal(new Matcher("(a+)+b").next(subject), 2);
});

test("next() bounds every pattern of a catalogue of slow ones", () => {
  for (
    const expression of [
      "^(a+)+$",
      "^(a|a)*$",
      "^(a|aa)+$",
      "^(.*a){20}$",
      "(x+x+)+y",
      "^(([a-z])+.)+[A-Z]([a-z])+$",
      "(?:(?:a?){40}){40}c",
      "^(?:a*)*(?:a*)*(?:a*)*c",
      "(a(?1)?a)+$",
    ]
  ) {
    const result = new Matcher(expression).next(
      "a".repeat(200) + "!",
      { matches: 50_000 },
    );
    assert.ok(result <= 0, `${expression}: ${result}`);
  }
});

test("next() walks through 10 MB", () => {
  const subject = "ab ".repeat(3_400_000);
  const matcher = new Matcher("(?:ab ){1000}");
  let count = 0;
  while (matcher.next(subject) > 0) count++;
  assert.equal(count, 3400);
});

test("Matcher() keeps native memory bounded without the collector", () => {
  const work = (from: number) => {
    for (let i = from; i < from + 5000; i++) {
      new Matcher(`(?:abcdefgh|ijklmnop${i}){200}`).next("abc");
    }
  };
  work(0);
  const before = Deno.memoryUsage().rss;
  work(5000); // 64 MB if nothing is freed
  assert.ok(Deno.memoryUsage().rss - before < 30e6);
});

test("Matchers outlive the displacement of their patterns", () => {
  const matcher = new Matcher("(a)(b)?");
  assert.equal(matcher.next("xabab"), 3);
  for (let i = 0; i < 2000; i++) new Matcher(`other${i}`);
  assert.equal(matcher.next("xabab"), 3);
  assert.deepEqual([matcher.start(0), matcher.end(2)], [3, 5]);
});

test("Matcher() finds any literal text where indexOf finds it", () => {
  const bytes = fc.string({
    unit: fc.constantFrom(..."ab\0\xff\n("),
    maxLength: 40,
  });
  fc.assert(fc.property(bytes, bytes, (subject, literal) => {
    fc.pre(subject !== "" && literal !== "");
    const matcher = new Matcher(escaped(literal));
    const groups = matcher.next(subject);
    const expected = subject.indexOf(literal);
    assert.equal(groups > 0, expected >= 0);
    if (groups > 0) assert.equal(matcher.start(0), expected);
  }));
});

test("Matcher() survives any expression and any subject", () => {
  const pieces = fc.constantFrom(
    ..."()[]{}*+?|\\^$.-,:<>=!#PQE1a\xff\0",
    "(?",
    "(?<",
    "(?P<",
    "[[:",
    "\\x{",
    "\\Q",
    "{1,",
    "(*",
  );
  fc.assert(
    fc.property(
      fc.array(pieces, { maxLength: 20 }),
      fc.string({ unit: "binary-ascii", maxLength: 30 }),
      (expression, subject) => {
        let matcher: Matcher;
        const text = expression.join("");
        try {
          matcher = new Matcher(text);
        } catch (error) {
          assert.ok(error instanceof PatternError);
          assert.ok(error.offset >= 0 && error.offset <= text.length);
          assert.notEqual(error.message, "");
          return;
        }
        for (let round = 0; round < 5; round++) {
          const groups = matcher.next(subject, { matches: 10_000 });
          for (let group = 0; group < groups; group++) {
            assert.ok(matcher.end(group) <= subject.length);
          }
        }
      },
    ),
    { numRuns: 2000 },
  );
});

Deno.test("Matcher() says how to install a library that is missing", async () => {
  const matcher = new URL("../../../runtime/pcre/matcher.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    // Without leave to use FFI no library loads, as if it were not there.
    args: ["run", "--allow-read", "--no-prompt", "-"],
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(
    `import { Matcher } from "${matcher}"; new Matcher("a")`,
  ));
  await writer.close();
  const { code, stderr } = await child.output();
  assert.notEqual(code, 0);
  assert.match(
    new TextDecoder().decode(stderr),
    /Cannot load libpcre2-8\.so\.0: install PCRE2.*apt-get install libpcre2-8-0/,
  );
});
