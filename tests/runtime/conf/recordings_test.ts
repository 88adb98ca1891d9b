/**
 * The recordings of the reference's configuration (tests/conformance/runtime):
 * what it read from a document, made of broken ones, and wrote back. Programs
 * and file names that were not recorded are put back from the results. What is
 * different on purpose is in docs/compatibility_notes.md and said here.
 */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { Configuration } from "../../../runtime/conf/configuration.ts";
import { findSections } from "../../../runtime/conf/section.ts";
import { loadXmlLibrary } from "../../../runtime/xml/library.ts";
import { luamtev, ROOT, TestFolder } from "../../support/luamtev.ts";

const RECORDINGS = `${ROOT}tests/conformance/runtime/conf`;

function recorded(name: string): string {
  return Deno.readTextFileSync(`${RECORDINGS}/${name}`);
}

/** The environment that base was recorded with. */
const ENV = { RT_SET: "setval", RT_EMPTY: "", RT_NUM: "42" };

function writeBase(folder: TestFolder, name: string): void {
  for (const { name } of Deno.readDirSync(`${RECORDINGS}/base/conf.d`)) {
    folder.write(`conf.d/${name}`, recorded(`base/conf.d/${name}`));
  }
  folder.write("conf.d/snip.xml", `<s1>snip1</s1> lost <s2 q="r"/>\n`);
  folder.write(
    name,
    recorded("base/main.conf.after-run").replaceAll("CASES", folder.path)
      .replaceAll("PREFIX", "/none"),
  );
}

Deno.test("base: 88 XPaths through 9 getters, and nothing is written", async () => {
  using folder = new TestFolder();
  writeBase(folder, "main.conf");
  const before = Deno.readTextFileSync(`${folder.path}/main.conf`);
  folder.write("xpaths.txt", recorded("base/xpaths.txt"));
  const module = folder.module(`
    local names = { "conf_get_string", "conf_get_integer", "conf_get_number",
      "conf_get_boolean", "conf_get", "conf_string", "conf_integer",
      "conf_number", "conf_boolean" }
    function main()
      for path in io.lines("${folder.path}/xpaths.txt") do
        io.write("XPATH ", path, "\\n")
        for _, name in ipairs(names) do
          local value = mtev[name](path)
          if type(value) == "string" then value = ("%q"):format(value) end
          io.write(("  %-21s %s\\n"):format(name, tostring(value)))
        end
      end
      os.exit(0)
    end`);
  const { code, stdout, stderr } = await luamtev(
    ["-c", `${folder.path}/main.conf`, module],
    { env: ENV },
  );
  strictEqual(code, 0, stderr);
  strictEqual(
    stdout,
    hostValues(recorded("base/out.stdout").replaceAll("CASES", folder.path)),
  );
  // The reference says it for each getter; here a path is looked up once.
  strictEqual(
    stderr,
    `Cannot search with XPath: "/cli[": Invalid expression\n`,
  );
  strictEqual(Deno.readTextFileSync(`${folder.path}/main.conf`), before);
  deepStrictEqual(
    Array.from(Deno.readDirSync(folder.path), ({ name }) => name).sort(),
    ["conf.d", "conf.lock", "main.conf", "x.lua", "xpaths.txt"],
  );
});

/** The recording was made on a machine with 2 processors (e13 asks for them). */
function hostValues(text: string): string {
  const processors = navigator.hardwareConcurrency;
  return text.replace(
    /(XPATH \/cli\/env\/e13\n)((?: {2}.*\n)+)/,
    (_, head: string, values: string) =>
      head + values.replace(/([ "])2("?)$/gm, `$1${processors}$2`),
  );
}

Deno.test("base/list: lists of texts", async () => {
  using folder = new TestFolder();
  writeBase(folder, "main.conf");
  const cases = recorded("base/list.stdout").split("\n").filter(Boolean);
  const pattern =
    /^LIST (\S+) (\S+) -> ok=(true|false) type=(\w+) (.*) err=nil$/;
  const calls = cases.map((line) => {
    const [, base, child] = pattern.exec(line)!;
    return `list("${base}", "${child}")`;
  });
  const module = folder.module(`
    local function list(base, child)
      local ok, values = pcall(mtev.conf_get_string_list, base, child)
      local shown = tostring(values)
      if type(values) == "table" then
        local texts = {}
        for i, text in ipairs(values) do texts[i] = ("%q"):format(text) end
        shown = table.concat(texts, ",")
      end
      io.write(("LIST %s %s -> ok=%s type=%s %s err=nil\\n"):format(
        base, child, tostring(ok), type(values), shown))
    end
    function main()
      ${calls.join("\n      ")}
      os.exit(0)
    end`);
  const { stdout } = await luamtev(
    ["-c", `${folder.path}/main.conf`, module],
    { env: ENV },
  );
  strictEqual(
    stdout,
    cases.map((line) =>
      line.replace(/"2"(?=,"\{\{ENV)/, `"${navigator.hardwareConcurrency}"`)
    ).join("\n") + "\n",
  );
});

/** What the root of a recorded case needs to run a module here. */
const GENERAL =
  `<modules><generic image="lua_mtev" name="lua_general"/></modules>`;

/** What is different on purpose: the lines that our luamtev prints instead. */
const LOAD_DIFFERENCES: Readonly<Record<string, readonly string[]>> = {
  // The reason in the system's words, and no second line.
  badinclude: [
    "cannot read FOLDER/nosuchinclude.conf: No such file or directory",
    "[TERMINATE] Cannot load config: 'FOLDER/badinclude.conf'",
  ],
  lockfile_bad: [
    "Failed to acquire lock: /nonexistent/x.lock: No such file or directory",
  ],
  security_bad: ["luamtev: unknown user 'nosuchuser_zz'"],
  // Modules of C cannot be loaded, which is no reason to stop.
  module_missing: [
    "Could not load generic zzz:yyy: modules of C are not supported",
    "Could not load generic :noimg: modules of C are not supported",
  ],
};

/** Recorded cases whose status or output is another subsystem's. */
const LATER = new Set([
  "glider_bad", // the watchdog
  "tracedir_bad", // the watchdog
]);

Deno.test("load: broken and odd files", async (test) => {
  for (const { name } of Deno.readDirSync(`${RECORDINGS}/load`)) {
    const label = /^(.*)\.conf$/.exec(name)?.[1];
    if (label === undefined || LATER.has(label)) continue;
    await test.step(label, () => checkLoad(label));
  }
});

async function checkLoad(label: string): Promise<void> {
  using folder = new TestFolder();
  const file = folder.write(
    `${label}.conf`,
    recorded(`load/${label}.conf`).replaceAll("rtapp", "cli")
      .replace(
        /^<cli([^>]*?)(\/?)>/,
        (_, attributes: string, empty: string) =>
          `<cli${attributes}>${GENERAL}${empty && "</cli>"}`,
      ),
  );
  folder.write("broken.xml", "<a><b></a>");
  const module = folder.module("function main() os.exit(124) end");
  const { code, stderr } = await luamtev(["-c", file, module]);
  const lines = stderr.replaceAll(folder.path, "FOLDER").split("\n")
    .map((line) => line.replace(/(on line \d+), column \d+:/, "$1"))
    .filter(Boolean);
  const status = label === "security_bad"
    ? 2 // the reference's sample program does not read that section
    : Number(recorded(`load/${label}.rc`));
  strictEqual(code, status, stderr);
  deepStrictEqual(lines, LOAD_DIFFERENCES[label] ?? recordedLines(label));
}

function recordedLines(label: string): string[] {
  const lines = recorded(`load/${label}.stderr`)
    .replaceAll("CASES/conf/load", "FOLDER").replaceAll("rtapp", "cli")
    .split("\n").map((line) => line.replace(/^\[TS\] ?/, ""))
    .filter((line) =>
      line !== "" && line !== "Ready." && !line.startsWith("cli booting") &&
      !line.includes("received sigterm") &&
      // What follows from the first problem, and what is said again.
      !line.includes("[1/77]") && !line.startsWith("Could not load: ")
    );
  return [...new Set(lines)];
}

/** A call of a setter or getter, as the recorded program printed it. */
const CALL = /^(\w+)\(([^,)]*)(?:, (.*))?\) -> (.*)$/;

Deno.test("write2: setters and getters give what was recorded", async () => {
  using folder = new TestFolder();
  writeSmall(folder);
  const lines = recorded("write2/out.stdout").split("\n").filter(Boolean);
  const calls = lines.map((line) => {
    const [, name, path, value] = CALL.exec(line)!;
    const argument = value === undefined ? "" : `, ${luaValue(name!, value)}`;
    return `call("${name}", "${path}"${argument})`;
  });
  const module = folder.module(`
    local function call(name, path, ...)
      local result = mtev[name](path, ...)
      local shown = type(result) == "table" and "table: 0xPTR" or tostring(result)
      local value = ...
      io.write(name, "(", path, value == nil and "" or ", " .. tostring(value),
        ") -> ", shown, "\\n")
    end
    function main()
      ${calls.join("\n      ")}
      os.exit(0)
    end`);
  const { stdout, stderr } = await luamtev(["-c", "w.conf", module], {
    cwd: folder.path,
  });
  strictEqual(stderr, "");
  strictEqual(stdout, lines.join("\n") + "\n");
  // Where the reference appends what it replaces, the place stays here, and
  // the attribute of the first <two>.
  strictEqual(
    Deno.readTextFileSync(`${folder.path}/w.conf`).replaceAll(
      module,
      "MODULE",
    ),
    SMALL.replace(
      "</config>",
      "  <lua_module>MODULE</lua_module>\n      </config>",
    )
      .replace("<d>", `<d attr="av">`)
      .replace("<one>1</one>", "<one/>")
      .replace(
        `<two x="y">2</two>\n    <two>2b</two>`,
        `<two x="y">multi</two>`,
      )
      .replace("<leaf>l</leaf>", "<leaf>LL</leaf>")
      .replace(
        "</nest>\n",
        `</nest>
    <new>fresh &lt;&amp;&gt;</new>
    <int>42</int>
    <intf>42.9</intf>
    <num>1.5</num>
    <num2>10000000000</num2>
    <boolt>true</boolt>
    <boolf>false</boolf>
    <viastring>s</viastring>
    <viainteger>7</viainteger>
    <vianumber>7.25</vianumber>
    <viaboolean>true</viaboolean>
    <viaget>g</viaget>
`,
      ),
  );
});

/** A value as the program passed it: what it prints as, in the type. */
function luaValue(name: string, value: string): string {
  return /integer|number|boolean/.test(name) ? value : JSON.stringify(value);
}

const SMALL = `<?xml version="1.0" encoding="utf8" standalone="yes"?>
<!-- top comment -->
<cli>
  <modules>
    <generic image="lua_mtev" name="lua_general">
      <config>
        <lua_function>main</lua_function>
      </config>
    </generic>
  </modules>
  <d>
    <!-- keep me -->
    <one>1</one>
    <two x="y">2</two>
    <two>2b</two>
    <nest>
      <leaf>l</leaf>
    </nest>
  </d>
  <inc>
    <include file="w/inc.conf"/>
  </inc>
  <ro>
    <include file="w/ro.conf" readonly="true"/>
  </ro>
</cli>
`;

function writeSmall(folder: TestFolder): void {
  folder.write("w.conf", SMALL);
  folder.write("w/inc.conf", recorded("write2/w/inc.conf"));
  folder.write("w/ro.conf", recorded("write2/w/ro.conf"));
}

/** Replaces one value in the files of write_one_*, and gives them back. */
async function replaceOne(
  path: string,
  value: string,
): Promise<{ changed: Record<string, string>; reports: string[] }> {
  using folder = new TestFolder();
  writeSmall(folder);
  const reports: string[] = [];
  const names = ["w.conf", "w/inc.conf", "w/ro.conf"];
  const before = names.map((name) =>
    Deno.readTextFileSync(`${folder.path}/${name}`)
  );
  using configuration = new Configuration(
    await loadXmlLibrary(),
    { path: `${folder.path}/w.conf` },
    (_, line) => reports.push(line.replaceAll(folder.path, "FOLDER")),
  );
  strictEqual(configuration.replace(path, value), true);
  strictEqual(configuration.get(path), value);
  const changed: Record<string, string> = {};
  names.forEach((name, index) => {
    const text = Deno.readTextFileSync(`${folder.path}/${name}`);
    if (text !== before[index]) changed[name] = text;
  });
  return { changed, reports };
}

Deno.test("write_one: a change goes to the file that the node is from", async () => {
  // 1: the reference ends in an assertion and writes nothing.
  deepStrictEqual(await replaceOne("/cli/inc/include/v", "2"), {
    changed: {
      "w/inc.conf": recorded("write_one_1/w/inc.conf").replace("1<", "2<"),
    },
    reports: [],
  });
  // 2: a new node beside it.
  deepStrictEqual(await replaceOne("/cli/inc/include/w", "n"), {
    changed: { "w/inc.conf": recorded("write_one_2/w/inc.conf") },
    reports: [],
  });
  // 3: a file that must not be written; the reference ends here, too.
  deepStrictEqual(await replaceOne("/cli/ro/include/v", "2"), {
    changed: {},
    reports: [
      "a change of FOLDER/w/ro.conf is not saved: it is included as readonly",
    ],
  });
  // 4: nothing as the value.
  deepStrictEqual((await replaceOne("/cli/d/nil", "")).changed, {
    "w.conf": SMALL.replace("  </d>", "    <nil/>\n  </d>"),
  });
  // 5: right below the root.
  const { changed } = await replaceOne("/cli/newtop", "n");
  deepStrictEqual(changed, {
    "w.conf": SMALL.replace("</cli>", "  <newtop>n</newtop>\n</cli>"),
  });
});

Deno.test("write_one_8, 9: what XPath finds is replaced, no file breaks", async () => {
  deepStrictEqual((await replaceOne("/cli/d/two[1]", "n")).changed, {
    "w.conf": SMALL.replace(`<two x="y">2<`, `<two x="y">n<`),
  });
  deepStrictEqual((await replaceOne("//leaf", "n")).changed, {
    "w.conf": SMALL.replace("<leaf>l<", "<leaf>n<"),
  });
});

/** The hashes of the recording, by its ports, for documents with its shape. */
function recordedHash(port: number): Record<string, string> {
  const part = recorded("hash/results.txt").split("## port ")
    .find((text) => text.startsWith(String(port)))!;
  return Object.fromEntries(
    Array.from(
      part.matchAll(/^"(.*?)" = "(.*)"$/gm),
      ([, key, value]) => [key, value],
    ),
  );
}

Deno.test("hash: merged hashes as recorded", async () => {
  const reports: string[] = [];
  using configuration = new Configuration(await loadXmlLibrary(), {
    text: `<app><config><key1>a</key1><key2>b</key2><key3>c</key3></config>
      <far id="near"><config id="farconf"><farown>far-own</farown><k>far-k</k></config></far>
      <bob><config id="bob"><key2>bobB</key2><key5>bobE</key5></config></bob>
      <l39581/>
      <l39582><config><key1>AAA</key1></config></l39582>
      <l39583><config inherit="bob"><key1>AAA</key1><key4>DDD</key4></config></l39583>
      <l39584><config inherit="deep"><deepown>deep-own</deepown></config></l39584>
      <defs><config><defsonly>no</defsonly></config>
        <inner><config id="deep" inherit="farconf"/></inner></defs>
      <l39585><config inherit="none"><z>1</z></config></l39585>
      <l39586><config><dup>1</dup><dup>2</dup><empty/><mixed>a<i>b</i>c</mixed>
        <value name="sp">  x  </value><value name="with space">vs</value>
        <value>noname</value><value name="">emptyname</value></config></l39586>
      <l39587><config><e1>ENV:d:{LUAMTEV_TEST_HV}</e1>
        <e2>{{ENV:d:{LUAMTEV_TEST_HV}}}</e2>
        <e3>pre{{ENV:d:{LUAMTEV_TEST_HE}}}post</e3></config></l39587>
      <l39590><config/></l39590></app>`,
  }, (_, line) => reports.push(line));
  Deno.env.set("LUAMTEV_TEST_HV", "envval");
  try {
    for (
      const port of [39581, 39582, 39583, 39584, 39585, 39586, 39587, 39590]
    ) {
      const [section] = findSections(configuration, `/app/l${port}`);
      const expected = recordedHash(port);
      if (port === 39587) {
        // The name of the variable is ours.
        strictEqual(expected["e1"], "ENV:d:{HV}");
        expected["e1"] = "ENV:d:{LUAMTEV_TEST_HV}";
        strictEqual(expected["e3"], "predpost");
      }
      deepStrictEqual(
        Object.fromEntries(section!.hash("config")),
        expected,
        `port ${port}`,
      );
    }
  } finally {
    Deno.env.delete("LUAMTEV_TEST_HV");
  }
  deepStrictEqual(reports, ["XML to hash collision on key: dup"]);
});

Deno.test("hash: what is inherited may come from an included file", async () => {
  using folder = new TestFolder();
  folder.write(
    "main.conf",
    `<app><config><key1>a</key1><key2>b</key2><key3>c</key3></config>
      <include file="inc.conf"/>
      <l39589><config inherit="inc"><own>o</own></config></l39589></app>`,
  );
  folder.write(
    "inc.conf",
    `<i><config id="inc"><key3>inc3</key3><fromroot>r</fromroot></config></i>`,
  );
  using configuration = new Configuration(await loadXmlLibrary(), {
    path: `${folder.path}/main.conf`,
  });
  const [section] = findSections(configuration, "/app/l39589");
  deepStrictEqual(
    Object.fromEntries(section!.hash("config")),
    recordedHash(39589),
  );
});

Deno.test("hash: brothers of one level are merged, not lost", async () => {
  using configuration = new Configuration(await loadXmlLibrary(), {
    text: `<app><config><k>1</k></config>
      <l><config><m>3</m></config><config><m>4</m></config></l></app>`,
  });
  const [section] = findSections(configuration, "/app/l");
  // The reference loses k (recorded as port 39588: m = 4 alone).
  deepStrictEqual(Object.fromEntries(section!.hash("config")), {
    k: "1",
    m: "4",
  });
});
