import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { type DocEntry, readDocBlocks } from "../../tools/doc_blocks.ts";

const TAGS = [
  "@lua elapsed = mtev.sleep(seconds)",
  "Suspends the calling",
  "coroutine.",
  "@param seconds? number: how long,",
  "in seconds",
  "@return mtev.timeval: the time that went by",
  "@error `coro terminated` elsewhere",
  "@suspends always",
  "@example",
  "for i = 1, 2 do",
  "  mtev.sleep(0.5)",
  "end",
  "@source api.md §2.3",
  "@compat differs: finer",
];

function inTypeScript(
  tags: readonly string[],
  below = 'define(mtev, "sleep", f);',
): string {
  return [
    "// first",
    "  /**",
    ...tags.map((tag) => `   * ${tag}`),
    "   */",
    `  ${below}`,
    "",
  ].join("\n");
}

function read(
  text: string,
  path = "a.ts",
  complete = true,
): { entries: DocEntry[]; problems: string[] } {
  const problems: string[] = [];
  return {
    entries: readDocBlocks({ path, text, complete }, problems),
    problems,
  };
}

const ENTRY: DocEntry = {
  name: "mtev.sleep",
  signature: "elapsed = mtev.sleep(seconds)",
  summary: "Suspends the calling coroutine.",
  params: [
    {
      name: "seconds",
      type: "number",
      optional: true,
      text: "how long, in seconds",
    },
  ],
  returns: [
    {
      name: "elapsed",
      type: "mtev.timeval",
      optional: false,
      text: "the time that went by",
    },
  ],
  errors: ["`coro terminated` elsewhere"],
  suspends: "always",
  example: "for i = 1, 2 do\n  mtev.sleep(0.5)\nend",
  source: "api.md §2.3",
  compat: "differs: finer",
  place: "a.ts:2",
};

Deno.test("readDocBlocks() reads every tag of a block in TypeScript", () => {
  deepStrictEqual(read(inTypeScript(TAGS)), { entries: [ENTRY], problems: [] });
});

Deno.test("readDocBlocks() reads a block above a registration of several lines or newFunction()", () => {
  for (
    const below of [
      'define(\n    mtev,\n    "sleep",\n    f);',
      'const sleep = state.newFunction(\n    "sleep",',
      'return newFunction("sleep", f);',
    ]
  ) {
    deepStrictEqual(read(inTypeScript(TAGS, below)).entries, [ENTRY], below);
  }
});

Deno.test("readDocBlocks() reads a block in Lua", () => {
  const block = TAGS.map((tag) => `--- ${tag}\n`).join("");
  const text = `-- first\n${block}function mtev.sleep(seconds)\nend\n`;
  deepStrictEqual(read(text, "a.ts".replace("ts", "lua")), {
    entries: [{ ...ENTRY, place: "a.lua:2" }],
    problems: [],
  });
});

Deno.test("readDocBlocks() ignores other comments", () => {
  const text = "/** Makes it. */\nexport function make() {}\n";
  deepStrictEqual(read(text), { entries: [], problems: [] });
});

Deno.test("readDocBlocks() wants a block above each registration when asked to", () => {
  const typeScript = 'x();\n  define(mtev, "sleep", f);\n';
  const wanted =
    'Cannot read the documentation at a.ts:2: "sleep" is registered without an @lua block';
  deepStrictEqual(read(typeScript).problems, [wanted]);
  deepStrictEqual(read(typeScript, "a.ts", false).problems, []);
  const lua = "local function helper() end\nfunction extras.split() end\n";
  deepStrictEqual(read(lua, "a.lua").problems, [
    'Cannot read the documentation at a.lua:2: "split" is registered without an @lua block',
  ]);
});

function change(from: string, to: readonly string[]): string[] {
  return TAGS.flatMap((tag) => tag === from ? to : [tag]);
}
const SIGNATURE = "@lua elapsed = mtev.sleep(seconds)";
const RETURN = "@return mtev.timeval: the time that went by";
const BAD: readonly [string, string[], string][] = [
  [
    "no summary",
    TAGS.filter((_, at) => at !== 1 && at !== 2),
    "there is no summary below @lua",
  ],
  ["an unknown tag", [...TAGS, "@since 1"], 'there is no tag "@since"'],
  ["a text before @lua", ["Text.", ...TAGS], "@lua has to come first"],
  [
    "no @example",
    TAGS.filter((_, at) => at < 8 || at > 11),
    "got 0 @example, want one with a text",
  ],
  [
    "two @compat",
    [...TAGS, "@compat same"],
    "got 2 @compat, want one with a text",
  ],
  [
    "no @source",
    change("@source api.md §2.3", []),
    "got 0 @source, want one with a text",
  ],
  [
    "another @suspends",
    change("@suspends always", ["@suspends often"]),
    'got @suspends "often", want no, always or maybe',
  ],
  [
    "another @compat",
    change("@compat differs: finer", ["@compat differs"]),
    'got @compat "differs", want "same", "differs: how" or "extension: why"',
  ],
  [
    "other parameters",
    change(SIGNATURE, ["@lua elapsed = mtev.sleep(time)"]),
    "@lua has the parameters (time), @param has (seconds)",
  ],
  [
    "more results than @return",
    change(RETURN, []),
    "@lua has the results (elapsed), and there are 0 @return",
  ],
  [
    "a @return without type",
    change(RETURN, ["@return the time"]),
    'got @return "the time", want "type: text"',
  ],
  [
    "a bad signature",
    change(SIGNATURE, ["@lua mtev.sleep"]),
    'got @lua "mtev.sleep", want "results = name(params)"',
  ],
];
for (const [what, tags, message] of BAD) {
  Deno.test(`readDocBlocks() refuses a block with ${what}`, () => {
    const { entries, problems } = read(inTypeScript(tags));
    deepStrictEqual(entries, []);
    deepStrictEqual(problems, [
      `Cannot read the documentation at a.ts:2: ${message}`,
    ]);
  });
}

Deno.test("readDocBlocks() refuses a block above another registration, or above none", () => {
  strictEqual(
    read(inTypeScript(TAGS, 'define(mtev, "wake", f);')).problems[0],
    'Cannot read the documentation at a.ts:2: "mtev.sleep" stands above "wake"',
  );
  strictEqual(
    read(inTypeScript(TAGS, "\n  other();")).problems[0],
    'Cannot read the documentation at a.ts:2: "mtev.sleep" stands above no registration',
  );
});
