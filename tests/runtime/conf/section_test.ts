import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { Configuration } from "../../../runtime/conf/configuration.ts";
import { parseDuration } from "../../../runtime/conf/duration.ts";
import { interpolate } from "../../../runtime/conf/interpolation.ts";
import { environmentMeets } from "../../../runtime/conf/require_env.ts";
import { findSections } from "../../../runtime/conf/section.ts";
import { loadXmlLibrary } from "../../../runtime/xml/library.ts";
import { PCRE2_MISSING } from "../../support/libraries.ts";

const library = await loadXmlLibrary();

/** Runs `body` with variables in the environment. */
function withEnvironment(
  variables: Readonly<Record<string, string>>,
  body: () => void,
): void {
  for (const [name, value] of Object.entries(variables)) {
    Deno.env.set(name, value);
  }
  try {
    body();
  } finally {
    for (const name of Object.keys(variables)) Deno.env.delete(name);
  }
}

Deno.test("sections inherit attributes, and read values of every kind", () => {
  using configuration = new Configuration(library, {
    text: `<app color="red" size="1">
      <a color="green"><item name="x" on="On" n="0x10" f="0.5" d="1h 30min"><port>80</port></item></a>
    </app>`,
  });
  const [item] = findSections(configuration, "//item");
  ok(item);
  strictEqual(item.name, "item");
  strictEqual(item.path, "/app/a/item");
  strictEqual(item.inherited("color"), "green");
  strictEqual(item.inherited("size"), "1");
  strictEqual(item.inherited("none"), undefined);
  strictEqual(item.text("@color"), undefined);
  strictEqual(item.text("port"), "80");
  strictEqual(item.boolean("@on"), true);
  strictEqual(item.boolean("@none"), undefined);
  strictEqual(item.integer("@n"), 16);
  strictEqual(item.number("@f"), 0.5);
  strictEqual(item.duration("@d", "s"), 5400);
  deepStrictEqual(
    Object.fromEntries(item.attributes),
    { name: "x", on: "On", n: "0x10", f: "0.5", d: "1h 30min" },
  );
  deepStrictEqual(item.sections("..//port").map(({ name }) => name), ["port"]);
});

Deno.test({
  name: "values that are none are told of, and where" + PCRE2_MISSING,
  ignore: PCRE2_MISSING !== "",
}, () => {
  const reports: string[] = [];
  using configuration = new Configuration(library, {
    text: `<app><x a="soon" b="yes"/><x/><x c="[" require_env="A~["/></app>`,
  }, (stream, line) => reports.push(`${stream}: ${line}`));
  const [first, , third] = findSections(configuration, "//x");
  strictEqual(first?.duration("@a", "s"), undefined);
  strictEqual(first?.boolean("@b"), false);
  strictEqual(third?.isOff(), true);
  strictEqual(first?.text("["), undefined);
  deepStrictEqual(reports, [
    "error/conf: /app/x[1]: @a is no duration: 'soon'",
    "error/conf: /app/x[3]: cannot understand require_env 'A~[': missing terminating ] for character class",
    `error/conf: Cannot search with XPath: "[": Invalid expression`,
  ]);
});

Deno.test("hashes with a namespace have the keys of its prefix alone", () => {
  using configuration = new Configuration(library, {
    text: `<app xmlns:h="app://module/h"><config><a>1</a><h:b>2</h:b></config>
      <x><config><h:c>3</h:c></config></x></app>`,
  });
  const [section] = findSections(configuration, "//x");
  deepStrictEqual(Object.fromEntries(section!.hash("config")), { a: "1" });
  deepStrictEqual(
    Object.fromEntries(section!.hash("config", "h")),
    { b: "2", c: "3" },
  );
});

Deno.test("hashes that inherit from one another in a circle end", () => {
  using configuration = new Configuration(library, {
    text:
      `<app><x id="a" inherit="b"><k>1</k></x><x id="b" inherit="a"><l>2</l></x>
      <y><config inherit="it's &quot;odd&quot;"/></y><z id="it's &quot;odd&quot;"><m>3</m></z></app>`,
  });
  const [first] = findSections(configuration, "//x");
  deepStrictEqual(
    Object.fromEntries(first!.hash("self::x")),
    { k: "1", l: "2" },
  );
  const [odd] = findSections(configuration, "//y");
  deepStrictEqual(Object.fromEntries(odd!.hash("config")), { m: "3" });
});

Deno.test("durations sum units, and nothing else is one", () => {
  const cases: [string, "ns" | "us" | "ms" | "s", number | undefined][] = [
    ["1s", "ms", 1000],
    ["1h30m", "s", 5400],
    ["2 d 3 hours", "s", 183_600],
    ["1wk 1w 1week 2weeks", "s", 5 * 604_800],
    ["500ms", "s", 0],
    ["999999us", "s", 0],
    ["1500ms", "s", 1],
    ["3us 5ns", "ns", 3005],
    ["0s", "s", 0],
    ["", "s", undefined],
    ["  ", "s", undefined],
    ["10", "s", undefined],
    ["1s 10", "s", undefined],
    ["1S", "s", undefined],
    ["s", "s", undefined],
    ["-1s", "s", undefined],
    ["1.5s", "s", undefined],
    ["1s,2s", "s", undefined],
    ["1 fortnight", "s", undefined],
    ["1toString", "s", undefined],
  ];
  for (const [text, unit, expected] of cases) {
    strictEqual(parseDuration(text, unit), expected, text);
  }
});

Deno.test("the environment's values are taken as they are, markup and all", () => {
  withEnvironment({ LUAMTEV_T: `<a href="x">&amp; ' {{ENV:d:{HOME}}}` }, () => {
    strictEqual(
      interpolate("ENV:d:{LUAMTEV_T}").startsWith(`<a href="x">&amp; '`),
      true,
    );
    using configuration = new Configuration(library, {
      text: `<a><b>ENV:d:{LUAMTEV_T}</b><c x="{{ENV:d:{LUAMTEV_T}}}"/></a>`,
    });
    strictEqual(
      configuration.get("/a/c/@x")?.startsWith(`<a href="x">&amp; '`),
      true,
    );
    strictEqual(configuration.get("count(/a/b/*)"), "0");
  });
});

Deno.test("require_env: conditions on variables", () => {
  withEnvironment({ LUAMTEV_T: "abc", LUAMTEV_E: "" }, () => {
    const cases: [string, boolean][] = [
      ["LUAMTEV_T", true],
      ["LUAMTEV_E", true],
      ["LUAMTEV_U", false],
      ["!LUAMTEV_T", false],
      ["!LUAMTEV_U", true],
      ["LUAMTEV_T=abc", true],
      ["LUAMTEV_T=ab", false],
      ["!LUAMTEV_T=ab", true],
      ["LUAMTEV_U=", true],
      ["LUAMTEV_E=", true],
      // An equals sign is looked for first.
      ["LUAMTEV_T~x=y", false],
    ];
    for (const [condition, expected] of cases) {
      strictEqual(environmentMeets(condition), expected, condition);
    }
  });
});

Deno.test({
  name: "require_env: patterns" + PCRE2_MISSING,
  ignore: PCRE2_MISSING !== "",
}, () => {
  withEnvironment({ LUAMTEV_T: "abc", LUAMTEV_E: "" }, () => {
    const cases: [string, boolean][] = [
      ["LUAMTEV_T~^a.c$", true],
      ["LUAMTEV_T~b", true],
      ["LUAMTEV_T~x", false],
      ["!LUAMTEV_T~x", true],
      ["LUAMTEV_U~^$", true],
      ["LUAMTEV_U~.", false],
    ];
    for (const [condition, expected] of cases) {
      strictEqual(environmentMeets(condition), expected, condition);
    }
  });
});

Deno.test("require_env: every element around counts, each for itself", () => {
  withEnvironment({ LUAMTEV_T: "1" }, () => {
    using configuration = new Configuration(library, {
      text:
        `<app><a require_env="LUAMTEV_T"><x/><b require_env="LUAMTEV_U"><x/></b></a>
        <c require_env="!LUAMTEV_U"><x require_env="LUAMTEV_U"/><x require_env="ENV:LUAMTEV_T:{LUAMTEV_V}"/></c></app>`,
    });
    deepStrictEqual(
      findSections(configuration, "//x").map((section) => section.isOff()),
      [false, true, true, false],
    );
  });
});

Deno.test("a million lookups of kept values, and more paths than are kept", () => {
  using configuration = new Configuration(library, {
    text: `<app><a>1</a><b>2</b></app>`,
  });
  const paths = ["/app/a", "/app/b", "/app/none", "count(/app/*)"];
  const expected = ["1", "2", undefined, "2"];
  for (let round = 0; round < 250_000; round++) {
    for (let index = 0; index < paths.length; index++) {
      if (configuration.get(paths[index]!) !== expected[index]) {
        strictEqual(configuration.get(paths[index]!), expected[index]);
      }
    }
  }
  // More than are kept.
  for (let round = 0; round < 25_000; round++) {
    strictEqual(configuration.get(`/app/a[${round + 2}]`), undefined);
  }
});
