import assert from "node:assert/strict";
import fc from "fast-check";
import {
  parseXml,
  type XmlDocument,
  XmlParseError,
} from "../../../runtime/xml/document.ts";
import {
  loadedXmlLibrary,
  loadXmlLibrary,
  XmlLibraryError,
} from "../../../runtime/xml/library.ts";
import type { XmlNode } from "../../../runtime/xml/node.ts";

/** Parses with the library that works: one test breaks the one before it. */
async function parser(): Promise<(text: string) => XmlDocument> {
  const library = await loadXmlLibrary();
  return (text) => parseXml(library, text);
}

function names(nodes: readonly XmlNode[]): string {
  return nodes.map((node) => node.name).join(" ");
}

Deno.test("loadXmlLibrary gives the same library to all", async () => {
  const library = await loadXmlLibrary();
  assert.equal(await loadXmlLibrary(), library);
  assert.equal(loadedXmlLibrary(), library);
});

Deno.test("parseXml tells what is wrong, and where", async () => {
  const parse = await parser();
  for (
    const [text, message, line, column] of [
      ["", "Document is empty", 1, 1],
      [
        "<a>\n <b>\n</a>",
        "Opening and ending tag mismatch: b line 2 and a",
        3,
        5,
      ],
      ["<a>&nope;</a>", "Entity 'nope' not defined", 1, 10],
      ["<a>\xe9</a>", "Invalid bytes in character encoding", 1, 4],
      ["<a>\n\0</a>", undefined, 2, 1],
    ] as const
  ) {
    assert.throws(() => parse(text), (error) => {
      assert(error instanceof XmlParseError);
      assert.deepEqual([error.line, error.column], [line, column], text);
      if (message !== undefined) {
        assert.equal(
          error.message,
          `Cannot parse XML: ${message} at line ${line}, column ${column}`,
        );
      }
      return true;
    });
  }
});

Deno.test("parseXml accepts undeclared prefixes, and tells of them", async () => {
  const parse = await parser();
  using document = parse("<a><p:b/></a>");
  assert.equal(document.problems.length, 1);
  assert.match(document.problems[0]!.message, /prefix p on b is not defined/);
});

Deno.test("parseXml never fetches external entities", async () => {
  const parse = await parser();
  const file = Deno.makeTempFileSync();
  Deno.writeTextFileSync(file, "secret");
  try {
    for (
      const text of [
        `<!DOCTYPE a [<!ENTITY e SYSTEM "file://${file}">]><a>&e;</a>`,
        `<!DOCTYPE a [<!ENTITY e SYSTEM "${file}">]><a b="x">&e;</a>`,
        `<!DOCTYPE a [<!ENTITY % p SYSTEM "${file}"> %p;]><a/>`,
        `<!DOCTYPE a SYSTEM "${file}"><a/>`,
      ]
    ) {
      using document = parse(text);
      assert.equal(document.root.contents, "");
      assert(!document.format().includes("secret"));
    }
  } finally {
    Deno.removeSync(file);
  }
});

Deno.test("parseXml refuses entities that expand beyond measure", async () => {
  const parse = await parser();
  let entities = '<!ENTITY e0 "lol">';
  for (let i = 1; i < 10; i++) {
    entities += `<!ENTITY e${i} "${`&e${i - 1};`.repeat(10)}">`;
  }
  const laughs = `<!DOCTYPE l [${entities}]><l>&e9;</l>`;
  const quadratic = `<!DOCTYPE l [<!ENTITY a "${"x".repeat(50_000)}">]><l>${
    "&a;".repeat(20_000)
  }</l>`;
  const inAttribute = `<!DOCTYPE l [${entities}]><l a="&e9;"/>`;
  for (const text of [laughs, quadratic, inAttribute]) {
    assert.throws(() => parse(text), /entity amplification/);
  }
  const recursive =
    '<!DOCTYPE l [<!ENTITY a "&b;"><!ENTITY b "&a;">]><l>&a;</l>';
  assert.throws(() => parse(recursive), XmlParseError);
});

Deno.test("parseXml refuses 10,000 levels without a crash", async () => {
  const parse = await parser();
  assert.throws(
    () => parse("<a>".repeat(10_000) + "</a>".repeat(10_000)),
    /Excessive depth in document: 256/,
  );
});

Deno.test("parseXml reads a document of 10 MB", async () => {
  const parse = await parser();
  const item = "<item id='1'>some text &amp; more</item>";
  const count = Math.ceil(10e6 / item.length);
  using document = parse(`<r>${item.repeat(count)}</r>`);
  assert.equal(document.find("//item").length, count);
  assert.equal(
    document.find("//item[last()]")[0]!.contents,
    "some text & more",
  );
});

Deno.test("format writes what parseXml reads back the same", async () => {
  const parse = await parser();
  const text = fc.string({
    unit: fc.constantFrom(..."a <>&\"'\t\xc3\xa9\n]"),
  }).map((text) => text.replace(/\xc3(?!\xa9)|(?<!\xc3)\xa9/g, ""));
  fc.assert(fc.property(text, text, (contents, value) => {
    using document = parse("<r><a/></r>");
    const a = document.root.firstChild!;
    a.setContents(contents);
    a.setAttribute("v", value);
    using again = parse(document.format("utf8"));
    const read = again.find("//a")[0]!;
    assert.equal(read.contents, contents);
    assert.equal(read.attribute("v"), value);
  }));
});

Deno.test("format keeps standalone and doctype, and names its encoding", async () => {
  const parse = await parser();
  using document = parse(
    '<?xml version="1.0" encoding="ISO-8859-1" standalone="yes"?><!DOCTYPE a><a>\xe9<b/></a>',
  );
  assert.equal(
    document.format("utf8"),
    '<?xml version="1.0" encoding="utf8" standalone="yes"?>\n<!DOCTYPE a>\n<a>\xc3\xa9<b/></a>\n',
  );
});

Deno.test("nodes give names, attributes, contents, relatives and lines", async () => {
  const parse = await parser();
  using document = parse(
    "<r xmlns:p='u'>\n<p:a p:x='1' y='2&lt;'>t<!--c--><?pi d?><![CDATA[<]]></p:a></r>",
  );
  const a = document.find("//*[local-name()='a']")[0]!;
  assert.deepEqual(
    [a.name, a.line, a.attribute("x"), a.attribute("y"), a.attribute("z")],
    ["a", 2, "1", "2<", undefined],
  );
  assert.equal(a.contents, "t<");
  const children = [];
  for (let n = a.firstChild; n !== undefined; n = n.nextSibling) {
    children.push([n.name, n.contents]);
  }
  assert.deepEqual(children, [
    ["text", "t"],
    ["comment", "c"],
    ["pi", "d"],
    [undefined, "<"],
  ]);
  assert(a.parent!.isSame(document.root));
  assert.equal(document.root.parent, undefined);
  assert(!a.isSame(document.root));
});

Deno.test("setAttribute leaves attributes with a prefix alone", async () => {
  const parse = await parser();
  using document = parse("<r xmlns:p='u' p:x='1'/>");
  document.root.setAttribute("x", "2");
  assert.match(document.format(), /<r xmlns:p="u" p:x="1" x="2"\/>/);
  document.root.setAttribute("x", undefined);
  assert.match(document.format(), /<r xmlns:p="u" p:x="1" x=""\/>/);
});

Deno.test("setContents works on every kind of node that has any", async () => {
  const parse = await parser();
  using document = parse("<r a='1'>t<!--c--><?pi d?><![CDATA[x]]><e/></r>");
  const nodes = document.find("//@a | /r/node()");
  nodes.forEach((node, index) => node.setContents(`<${index}>`));
  assert.equal(
    document.root.attribute("a"),
    "<0>",
  );
  assert.match(
    document.format(),
    /<r a="&lt;0&gt;">&lt;1&gt;<!--<2>--><\?pi <3>\?><!\[CDATA\[<4>\]\]><e>&lt;5&gt;<\/e><\/r>/,
  );
  assert.throws(() => document.find("/")[0]!.setContents("x"), TypeError);
});

Deno.test("a held node stays usable when it leaves the tree", async () => {
  const parse = await parser();
  using document = parse(
    "<r><a x='1'><b>deep</b></a><c/>text</r>",
  );
  const { root } = document;
  const b = document.find("//b")[0]!;
  const x = document.find("//@x")[0]!;
  const c = root.firstChild!.nextSibling!;
  root.setContents("gone");
  for (let i = 0; i < 1000; i++) root.setContents("over and over " + i);
  assert.equal(b.contents, "deep");
  assert.equal(b.parent!.name, "a");
  assert.equal(x.contents, "1");
  assert.equal(c.name, "c");
  b.addChild("d").setContents("more");
  assert.equal(b.contents, "deepmore");
  assert.equal(root.contents, "over and over 999");
});

Deno.test("a held part of an attribute survives a new value", async () => {
  const parse = await parser();
  using document = parse("<r x='old'/>");
  const text = document.find("//@x")[0]!.firstChild!;
  document.root.setAttribute("x", "new");
  for (let i = 0; i < 100; i++) document.root.setAttribute("x", `new ${i}`);
  assert.equal(text.contents, "old");
  assert.equal(document.root.attribute("x"), "new 99");
});

Deno.test("a document frees what nobody can hold", async () => {
  const parse = await parser();
  using document = parse("<r/>");
  const big = "x".repeat(1_000_000);
  document.root.setContents(big);
  const { library } = document;
  const before = library.raw.HEAPU8.length;
  for (let i = 0; i < 1000; i++) document.root.setContents(big);
  assert.equal(library.raw.HEAPU8.length, before);
});

Deno.test("a disposed document says so", async () => {
  const parse = await parser();
  const document = parse("<r/>");
  const { root } = document;
  document[Symbol.dispose]();
  document[Symbol.dispose]();
  assert.throws(() => root.name, /it was disposed/);
  assert.throws(() => document.find("//r"), /it was disposed/);
});

Deno.test("find evaluates from the context node", async () => {
  const parse = await parser();
  using document = parse("<r><a><b/></a><b/></r>");
  const a = document.find("/r/a")[0]!;
  assert.equal(document.find("b", a).length, 1);
  assert.equal(document.find("b").length, 0);
  assert.equal(names(document.find("..", a)), "r");
  using other = parse("<x><b/></x>");
  assert.equal(document.find("b", other.root).length, 0);
});

Deno.test("find tells malformed expressions from other results", async () => {
  const parse = await parser();
  using document = parse("<r/>");
  for (const expression of ["", "//[", "p:a", "$v", "f()"]) {
    assert.throws(() => document.find(expression), SyntaxError, expression);
  }
  for (const expression of ["1", "'s'", "true()", "count(//a)"]) {
    assert.throws(() => document.find(expression), TypeError, expression);
  }
  assert.deepEqual(document.find("/r/namespace::*"), []);
});

Deno.test("find refuses expressions that could overflow or hang libxml2", async () => {
  const parse = await parser();
  using document = parse(`<r>${"<a/>".repeat(500)}</r>`);
  for (
    const expression of [
      "/a".repeat(20_000),
      "a" + "[a".repeat(250) + "]".repeat(250),
      "(".repeat(3000) + "1",
      "not(".repeat(1000) + "1" + ")".repeat(1000),
      "1" + "+1".repeat(20_000),
      "count(//a[count(//a[count(//a[count(//a)>1])>1])>1])",
    ]
  ) assert.throws(() => document.find(expression), SyntaxError);
  // Brackets in strings nest nothing.
  assert.deepEqual(document.find(`//a[.='${"(".repeat(100)}']`), []);
  assert.equal(document.find("//a").length, 500);
});

Deno.test("find takes the longest expressions within its limits", async () => {
  const parse = await parser();
  using document = parse("<a><a/></a>");
  const depth = 64;
  for (
    const expression of [
      "/a".repeat(4096),
      "//a".repeat(2730),
      "//a" + "[1]".repeat(2729),
      "a" + "[a".repeat(depth) + "]".repeat(depth),
      "a" + "|a".repeat(4095),
      "/a" + `[${"/a".repeat(60)}`.repeat(depth) + "]".repeat(depth),
      "a[" + "not(".repeat(63) + "1" + ")".repeat(63) + "]",
      "a[1" + "+1".repeat(4000) + "]",
    ]
  ) {
    assert(expression.length <= 8192, String(expression.length));
    document.find(expression, document.root);
  }
});

Deno.test("a library that failed is replaced, its documents say so", async () => {
  const document = parseXml(await loadXmlLibrary(), "<r/>");
  const broken = document.library;
  assert.throws(
    () => broken.run((raw) => raw._xmlFreeDoc(-16)),
    XmlLibraryError,
  );
  assert.throws(() => document.find("//r"), XmlLibraryError);
  assert.equal(loadedXmlLibrary(), undefined);
  const fresh = await loadXmlLibrary();
  assert.notEqual(fresh, broken);
  using again = parseXml(fresh, "<r/>");
  assert.equal(again.root.name, "r");
  document[Symbol.dispose]();
});

Deno.test("parseXml survives damaged documents", async () => {
  const library = await loadXmlLibrary();
  const original =
    "<?xml version='1.0' encoding='UTF-8'?><!DOCTYPE r [<!ENTITY e 'x'><!ATTLIST r d CDATA 'v'>]>" +
    "<r xmlns:p='u' a='1&amp;'>t&e;<p:b p:c='2'/><!-- c --><?pi d?><![CDATA[<>]]>&#65;</r>";
  const change = fc.tuple(
    fc.nat(original.length - 1),
    fc.nat(4),
    fc.string({
      unit: fc.constantFrom(..."<>&;\"'[]!?-/=:\0\xff a1"),
      maxLength: 4,
    }),
  );
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      let text = original;
      for (const [at, removed, added] of changes) {
        text = text.slice(0, at) + added + text.slice(at + removed);
      }
      try {
        using document = parseXml(library, text);
        document.format("utf8");
        for (const node of document.find("//node() | //@*")) {
          void node.name;
          void node.contents;
        }
      } catch (error) {
        assert(error instanceof XmlParseError, String(error));
      }
    }),
    { numRuns: 1000 },
  );
});
