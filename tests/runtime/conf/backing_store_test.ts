import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { ConfError } from "../../../runtime/conf/conf_error.ts";
import { Configuration } from "../../../runtime/conf/configuration.ts";
import { loadXmlLibrary } from "../../../runtime/xml/library.ts";
import { TestFolder } from "../../support/luamtev.ts";

const library = await loadXmlLibrary();

function open(folder: TestFolder, reports: string[] = []): Configuration {
  return new Configuration(
    library,
    { path: `${folder.path}/main.conf` },
    (_, line) => reports.push(line.replaceAll(folder.path, "FOLDER")),
  );
}

/** The files below a folder, with their texts less the declaration. */
function files(path: string, prefix = ""): Record<string, string> {
  const found: Record<string, string> = {};
  const entries = [...Deno.readDirSync(path)]
    .sort((a, b) => a.name < b.name ? -1 : 1);
  for (const { name, isDirectory } of entries) {
    if (isDirectory) {
      Object.assign(found, files(`${path}/${name}`, `${prefix}${name}/`));
    } else {
      found[prefix + name] = Deno.readTextFileSync(`${path}/${name}`)
        .replace(`<?xml version="1.0" encoding="utf8"?>\n`, "").trim();
    }
  }
  return found;
}

/** Inode and time of change, which an atomic write gives a file anew. */
function inodes(path: string, names: readonly string[]): (number | null)[] {
  return names.map((name) => Deno.statSync(`${path}/${name}`).ino);
}

const MAIN = `<m><checks backingstore="store"/><other>1</other></m>`;

Deno.test("a store is read in the order of its entries", () => {
  using folder = new TestFolder();
  folder.write("main.conf", `<m><checks backingstore="store" a="old"/></m>`);
  folder.write("store/.attrs", `<checks a="1" b="&lt;2&gt;"/>`);
  folder.write("store/group#12/.attrs", `<group name="g"/>`);
  folder.write("store/group#12/item#3.xml", `<item id="3">three</item>`);
  folder.write("store/item#10.xml", `<item id="10">ten<b/></item>`);
  folder.write("store/item#9.xml", `<item id="9">nine</item>`);
  folder.write("store/README", "nobody's business");
  using configuration = open(folder);
  strictEqual(configuration.get("/m/checks/@a"), "1");
  strictEqual(configuration.get("/m/checks/@b"), "<2>");
  deepStrictEqual(configuration.list("/m/checks/*", "name()"), [
    "item",
    "item",
    "group",
  ]);
  deepStrictEqual(configuration.list("//item", "@id"), ["9", "10", "3"]);
  strictEqual(configuration.get("/m/checks/group/item"), "three");
  strictEqual(configuration.get("/m/checks/group/@name"), "g");
});

Deno.test("a change writes what changed, and nothing else", () => {
  using folder = new TestFolder();
  folder.write("main.conf", MAIN);
  using configuration = open(folder);
  ok(configuration.set("/m/checks/one", "1"));
  ok(configuration.set("/m/checks/two", ""));
  ok(configuration.set("/m/checks/two/three", "3"));
  ok(configuration.set("/m/checks/two/@name", 'a"<&\n'));
  strictEqual(Deno.readTextFileSync(`${folder.path}/main.conf`), MAIN);
  const store = `${folder.path}/store`;
  deepStrictEqual(files(store), {
    "one#1.xml": "<one>1</one>",
    "two#2/.attrs": `<two name="a&#34;&#60;&#38;&#10;"/>`,
    "two#2/three#3.xml": "<three>3</three>",
  });
  const names = ["one#1.xml", "two#2/.attrs", "two#2/three#3.xml"];
  const before = inodes(store, names);
  ok(configuration.set("/m/checks/two/three", "4"));
  const after = inodes(store, names);
  deepStrictEqual([after[0], after[1]], [before[0], before[1]]);
  strictEqual(files(store)["two#2/three#3.xml"], "<three>4</three>");
  ok(configuration.set("/m/other", "2"));
  deepStrictEqual(inodes(store, names), after);
  // It is read back as it was.
  configuration.reload();
  strictEqual(configuration.get("/m/checks/two/three"), "4");
  strictEqual(configuration.get("/m/checks/two/@name"), 'a"<&\n');
});

Deno.test("what leaves the tree leaves the store", () => {
  using folder = new TestFolder();
  folder.write("main.conf", MAIN);
  folder.write("store/item#1.xml", "<item>1</item>");
  folder.write("store/item#2.xml", "<item>2</item>");
  folder.write("store/group#3/.attrs", `<group a="1"/>`);
  folder.write("store/group#3/item#4.xml", "<item>4</item>");
  using configuration = open(folder);
  ok(configuration.replace("//item", "5"));
  deepStrictEqual(files(`${folder.path}/store`), {
    "group#3/.attrs": `<group a="1"/>`,
    "item#1.xml": "<item>5</item>",
  });
  // An element with text is one file: the folder goes.
  ok(configuration.replace("/m/checks/group", "text"));
  deepStrictEqual(files(`${folder.path}/store`), {
    "group#5.xml": `<group a="1">text</group>`,
    "item#1.xml": "<item>5</item>",
  });
  strictEqual([...Deno.readDirSync(`${folder.path}/store`)].length, 2);
});

Deno.test("what the file has inside moves into the store at the first change", () => {
  using folder = new TestFolder();
  const main =
    `<m><checks backingstore="store"><new>n</new></checks><other>1</other></m>`;
  folder.write("main.conf", main);
  folder.write("store/old#7.xml", "<old>o</old>");
  using configuration = open(folder);
  deepStrictEqual(configuration.list("/m/checks/*", "."), ["o", "n"]);
  strictEqual(Deno.readTextFileSync(`${folder.path}/main.conf`), main);
  ok(configuration.set("/m/other", "2"));
  deepStrictEqual(files(`${folder.path}/store`), {
    "new#8.xml": "<new>n</new>",
    "old#7.xml": "<old>o</old>",
  });
  strictEqual(
    Deno.readTextFileSync(`${folder.path}/main.conf`),
    `<?xml version="1.0" encoding="utf8"?>
<m>
  <checks backingstore="store"/>
  <other>2</other>
</m>
`,
  );
  configuration.reload();
  deepStrictEqual(configuration.list("/m/checks/*", "."), ["o", "n"]);
});

Deno.test("a store that cannot be written loses nothing", () => {
  using folder = new TestFolder();
  const main = `<m><checks backingstore="file"><new>n</new></checks></m>`;
  folder.write("main.conf", main);
  const reports: string[] = [];
  using configuration = open(folder, reports);
  folder.write("file", "in the way");
  ok(configuration.set("/m/@a", "1"));
  deepStrictEqual(reports, [
    "cannot create FOLDER/file/new#1.xml.tmp: Not a directory",
  ]);
  strictEqual(Deno.readTextFileSync(`${folder.path}/main.conf`), main);
  strictEqual(configuration.save(), false);
  Deno.removeSync(`${folder.path}/file`);
  strictEqual(configuration.save(), true);
  configuration.reload();
  strictEqual(configuration.get("/m/checks/new"), "n");
  strictEqual(configuration.get("/m/@a"), "1");
});

Deno.test("a store that cannot be read is told of", () => {
  using folder = new TestFolder();
  folder.write("main.conf", MAIN);
  folder.write("store/a#1.xml", "<a>");
  throws(
    () => open(folder),
    (error) =>
      error instanceof ConfError &&
      /a#1\.xml on line 1, column 4: /.test(error.message),
  );
  folder.write("main.conf", `<m><x backingstore="main.conf"/></m>`);
  throws(() => open(folder), /cannot read .*main\.conf: Not a directory/);
});
