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
    (stream, line) =>
      reports.push(`${stream}: ${line.replaceAll(folder.path, "FOLDER")}`),
  );
}

/** What opening the configuration fails with. */
function problems(folder: TestFolder): string[] {
  try {
    open(folder)[Symbol.dispose]();
  } catch (error) {
    if (!(error instanceof ConfError)) throw error;
    return error.problems.map((line) => line.replaceAll(folder.path, "FOLDER"));
  }
  return [];
}

Deno.test("files are included at any depth, each from its own folder", () => {
  using folder = new TestFolder();
  folder.write(
    "main.conf",
    `<a><b><include file="x/one.conf">own</include></b></a>`,
  );
  folder.write("x/one.conf", `<r><n>1</n><include file="y/two.conf"/></r>`);
  folder.write("x/y/two.conf", `<r><n>2</n><n>3</n></r>`);
  using configuration = open(folder);
  strictEqual(configuration.get("/a/b/include/n"), "1");
  strictEqual(configuration.get("/a/b/include/include/n"), "3");
  strictEqual(configuration.get("string(/a/b)"), "123");
  // A change is written where it belongs, what is hidden stays.
  ok(configuration.set("/a/b/include/include/n[1]", "two"));
  ok(configuration.set("/a/b/@new", "x"));
  strictEqual(
    Deno.readTextFileSync(`${folder.path}/x/y/two.conf`),
    `<?xml version="1.0" encoding="utf8"?>\n<r>\n  <n>two</n>\n  <n>3</n>\n</r>\n`,
  );
  strictEqual(
    Deno.readTextFileSync(`${folder.path}/main.conf`),
    `<?xml version="1.0" encoding="utf8"?>
<a>
  <b new="x">
    <include file="x/one.conf">own</include>
  </b>
</a>
`,
  );
  strictEqual(
    Deno.readTextFileSync(`${folder.path}/x/one.conf`),
    `<r><n>1</n><include file="y/two.conf"/></r>`,
  );
  // And the tree is as before.
  strictEqual(configuration.get("string(/a/b)"), "1two3");
  strictEqual(configuration.get("count(//include)"), "2");
});

Deno.test("patterns include what there is, in order", () => {
  using folder = new TestFolder();
  for (const name of ["b", "a", "c", ".hidden"]) {
    folder.write(`d/${name}.conf`, `<r><n>${name}</n></r>`);
  }
  folder.write(
    "main.conf",
    `<m><x><include file="d/*.conf"/></x><y><include file="d/{c,a}.conf"/></y>
      <z><include file="d/no*.conf"><kept/></include></z>
      <w><include file="${folder.path}/d/[bc].conf"/></w></m>`,
  );
  using configuration = open(folder);
  const names = (path: string) => configuration.list(path, ".");
  deepStrictEqual(names("/m/x/include/n"), ["a", "b", "c"]);
  deepStrictEqual(names("/m/y/include/n"), ["a", "c"]);
  deepStrictEqual(names("/m/w/include/n"), ["b", "c"]);
  strictEqual(names("/m/z/include/n"), undefined);
  strictEqual(configuration.get("count(/m/z/include/kept)"), "1");
});

Deno.test("new nodes belong to the file of the one before them", () => {
  using folder = new TestFolder();
  folder.write("main.conf", `<m><include file="{a,b}.conf"/></m>`);
  folder.write("a.conf", "<r><a/></r>");
  folder.write("b.conf", "<r><b/></r>");
  using configuration = open(folder);
  ok(configuration.set("/m/include/new", "x"));
  strictEqual(Deno.readTextFileSync(`${folder.path}/a.conf`), "<r><a/></r>");
  strictEqual(
    Deno.readTextFileSync(`${folder.path}/b.conf`),
    `<?xml version="1.0" encoding="utf8"?>\n<r>\n  <b/>\n  <new>x</new>\n</r>\n`,
  );
});

Deno.test("snippets have no root, and may fail", () => {
  using folder = new TestFolder();
  folder.write(
    "main.conf",
    `<m><s><include file="s.xml" snippet="true"/></s><t><include file="t.xml" snippet="x"/></t>
     <u><include file="none.xml" snippet="true"/></u><v><include file="v.xml" snippet="true"/></v></m>`,
  );
  folder.write("s.xml", `<?xml version="1.0"?>\n<a>1</a>\n<b q="&lt;"/>\n`);
  folder.write("t.xml", `<a>1</a>\n<b>`);
  folder.write("v.xml", `text <a>1</a>`);
  const reports: string[] = [];
  using configuration = open(folder, reports);
  strictEqual(configuration.get("/m/s/include/a"), "1");
  strictEqual(configuration.get("count(/m/t/include/*)"), "0");
  strictEqual(configuration.get("count(/m/u/include/*)"), "0");
  deepStrictEqual(reports.splice(0), [
    "error/conf: XML error [1/76] in FOLDER/t.xml on line 2, column 8: Opening and ending tag mismatch: b line 2 and _",
  ]);
  ok(configuration.set("/m/s/include/c", "2"));
  strictEqual(
    Deno.readTextFileSync(`${folder.path}/s.xml`),
    `<?xml version="1.0"?>\n<a>1</a>\n<b q="&lt;"/>\n<c>2</c>\n`,
  );
  // Its text is not in the tree and would get lost.
  ok(configuration.set("/m/v/include/a", "2"));
  strictEqual(Deno.readTextFileSync(`${folder.path}/v.xml`), "text <a>1</a>");
  deepStrictEqual(reports, [
    "error/conf: a change of FOLDER/v.xml is not saved: it has text beside its elements, which would get lost",
  ]);
});

Deno.test("loops of includes are told of", () => {
  using folder = new TestFolder();
  folder.write("main.conf", `<m><include file="a.conf"/></m>`);
  folder.write("a.conf", `<m><x><include file="b.conf"/></x></m>`);
  folder.write("b.conf", `<m><include file="./a.conf"/></m>`);
  deepStrictEqual(problems(folder), [
    "include loop: FOLDER/main.conf includes FOLDER/a.conf includes FOLDER/b.conf includes FOLDER/a.conf",
  ]);
  folder.write("main.conf", `<m><include file="main.conf"/></m>`);
  deepStrictEqual(problems(folder), [
    "include loop: FOLDER/main.conf includes FOLDER/main.conf",
  ]);
});

Deno.test("all files that cannot be included are told of", () => {
  using folder = new TestFolder();
  folder.write("file", "");
  Deno.symlinkSync("loop", `${folder.path}/loop`);
  folder.write(
    "main.conf",
    `<m><include file="none.conf"/><include file="."/>
      <include file="file/x.conf"/><include file="loop"/><include file="bad.conf"/></m>`,
  );
  folder.write("bad.conf", "<a>\n  <b></c>\n</a>");
  deepStrictEqual(problems(folder), [
    "cannot read FOLDER/none.conf: No such file or directory",
    "cannot read FOLDER: Is a directory",
    "cannot read FOLDER/file/x.conf: Not a directory",
    "cannot read FOLDER/loop: Too many levels of symbolic links",
    "XML error [1/76] in FOLDER/bad.conf on line 2, column 10: Opening and ending tag mismatch: b line 2 and c",
  ]);
});

Deno.test("entities are expanded, external ones are not fetched", () => {
  using folder = new TestFolder();
  folder.write("secret", "secret");
  folder.write(
    "main.conf",
    `<!DOCTYPE m [<!ENTITY e "ent"><!ENTITY x SYSTEM "secret">]>
      <m><a>&e;&#8364;</a><b>-&x;-</b></m>`,
  );
  using configuration = open(folder);
  strictEqual(configuration.get("/m/a"), "ent\xe2\x82\xac");
  strictEqual(configuration.get("/m/b"), "--");
});

Deno.test("a file stays when it cannot be written, and is written later", () => {
  using folder = new TestFolder();
  folder.write("d/main.conf", "<m><a>1</a></m>");
  // A folder where the new content should go.
  Deno.mkdirSync(`${folder.path}/d/main.conf.tmp`);
  const reports: string[] = [];
  using configuration = new Configuration(library, {
    path: `${folder.path}/d/main.conf`,
  }, (_, line) => reports.push(line.replaceAll(folder.path, "FOLDER")));
  ok(configuration.set("/m/a", "2"));
  strictEqual(configuration.get("/m/a"), "2");
  deepStrictEqual(reports, [
    "cannot create FOLDER/d/main.conf.tmp: File exists",
  ]);
  strictEqual(configuration.save(), false);
  strictEqual(
    Deno.readTextFileSync(`${folder.path}/d/main.conf`),
    "<m><a>1</a></m>",
  );
  Deno.removeSync(`${folder.path}/d/main.conf.tmp`);
  strictEqual(configuration.save(), true);
  ok(
    Deno.readTextFileSync(`${folder.path}/d/main.conf`).includes("<a>2</a>"),
  );
});

Deno.test("what a writer left that was ended does not keep others from writing", () => {
  using folder = new TestFolder();
  folder.write("main.conf", "<m><a>1</a></m>");
  Deno.chmodSync(`${folder.path}/main.conf`, 0o604);
  folder.write("main.conf.tmp", "<m><a>");
  using configuration = open(folder);
  ok(configuration.set("/m/a", "2"));
  deepStrictEqual(
    Array.from(Deno.readDirSync(folder.path), ({ name }) => name),
    ["main.conf"],
  );
  strictEqual(
    Deno.statSync(`${folder.path}/main.conf`).mode! & 0o777,
    0o604,
  );
});

Deno.test("a symbolic link stays one", () => {
  using folder = new TestFolder();
  folder.write("real/main.conf", "<m><a>1</a></m>");
  Deno.symlinkSync("real/main.conf", `${folder.path}/main.conf`);
  using configuration = open(folder);
  ok(configuration.set("/m/a", "2"));
  ok(Deno.lstatSync(`${folder.path}/main.conf`).isSymlink);
  ok(
    Deno.readTextFileSync(`${folder.path}/real/main.conf`).includes("<a>2</a>"),
  );
});

Deno.test("reload() reads the files again, or keeps what there was", () => {
  using folder = new TestFolder();
  folder.write("main.conf", `<m><include file="a.conf"/></m>`);
  folder.write("a.conf", `<m><x>1</x></m>`);
  using configuration = open(folder);
  const { generation } = configuration;
  folder.write("a.conf", `<m><x>2</x></m>`);
  strictEqual(configuration.get("/m/include/x"), "1");
  configuration.reload();
  strictEqual(configuration.get("/m/include/x"), "2");
  ok(configuration.generation > generation);
  folder.write("a.conf", `<m><x>3</m>`);
  throws(() => configuration.reload(), ConfError);
  strictEqual(configuration.get("/m/include/x"), "2");
});

Deno.test("many includes, changes and reloads free what they take", () => {
  using folder = new TestFolder();
  folder.write(
    "main.conf",
    `<m><include file="a*.conf"/><x><include file="b.conf"/></x></m>`,
  );
  for (let file = 0; file < 20; file++) {
    const nodes = Array.from(
      { length: 50 },
      (_, node) => `<e${node} k="v${file}">${node}</e${node}>`,
    );
    folder.write(`a${file}.conf`, `<m>${nodes.join("")}</m>`);
  }
  folder.write("b.conf", "<m><y/></m>");
  const before = library.unfreedBytes;
  {
    using configuration = open(folder);
    const size = library.unfreedBytes;
    for (let round = 0; round < 20; round++) {
      ok(configuration.replace(`//e${round}`, `r${round}`));
      configuration.reload();
      strictEqual(configuration.get(`//e${round}`), `r${round}`);
    }
    ok(library.unfreedBytes < 2 * size);
  }
  strictEqual(library.unfreedBytes, before);
});
