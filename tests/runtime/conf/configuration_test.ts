import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { Configuration } from "../../../runtime/conf/configuration.ts";
import { ConfigurationSource } from "../../../runtime/conf/configuration_source.ts";
import { XmlParseError } from "../../../runtime/xml/document.ts";
import { loadXmlLibrary } from "../../../runtime/xml/library.ts";

const TEXT = `<app name="n">
  <port>80</port><list><item id="1">a</item><item id="2">b</item><item>c</item></list>
</app>`;

async function open(text = TEXT): Promise<Configuration> {
  return new Configuration(await loadXmlLibrary(), { text });
}

Deno.test("get() reads the last of several nodes, and results that are no nodes", async () => {
  using configuration = await open();
  const read = (path: string) => configuration.get(path);
  strictEqual(read("/app/port"), "80");
  strictEqual(read("/app/@name"), "n");
  strictEqual(read("/app/list/item"), "c");
  strictEqual(read("//item[@id='1']"), "a");
  strictEqual(read("count(//item)"), "3");
  strictEqual(read("/app/port = 80"), "true");
  strictEqual(read("concat('a', /app/port)"), "a80");
  strictEqual(read("/app/nothing"), undefined);
  strictEqual(read("/app/["), undefined);
  strictEqual(read(""), undefined);
});

Deno.test("set() changes what is there, and makes what is not", async () => {
  using configuration = await open();
  strictEqual(configuration.set("/app/port", "81 <&>"), true);
  strictEqual(configuration.get("/app/port"), "81 <&>");
  strictEqual(configuration.set("/app/new", "x"), true);
  strictEqual(configuration.get("/app/new"), "x");
  strictEqual(configuration.set("/app/new/@attribute", "y\"'<"), true);
  strictEqual(configuration.get("/app/new/@attribute"), "y\"'<");
  strictEqual(configuration.set("/app/none/here", "x"), false);
  strictEqual(configuration.set("/app/list/item[1]", "x"), true);
  strictEqual(configuration.get("/app/list/item[@id='1']"), "x");
  strictEqual(configuration.set("/app/none[1]", "x"), false);
  strictEqual(configuration.set("name", "x"), false);
  strictEqual(configuration.set("/root", "x"), false);
});

Deno.test("replace() leaves one node with the value", async () => {
  using configuration = await open();
  strictEqual(configuration.replace("/app/list/item", "only"), true);
  deepStrictEqual(configuration.list("/app/list/item", "."), ["only"]);
  strictEqual(configuration.replace("/none/item", "x"), false);
});

Deno.test("list() reads from each node", async () => {
  using configuration = await open();
  deepStrictEqual(configuration.list("//item", "@id"), ["1", "2", undefined]);
  strictEqual(configuration.list("//nothing", "@id"), undefined);
});

Deno.test("a document that is not well-formed is refused with its place", async () => {
  const library = await loadXmlLibrary();
  throws(
    () => new Configuration(library, { text: "<app>\n<port></app>" }),
    (error) => error instanceof XmlParseError && /line 2/.test(error.message),
  );
});

Deno.test("ConfigurationSource asks for the text once, when it is needed", async () => {
  let asked = 0;
  using source = new ConfigurationSource(() => {
    asked++;
    return { text: TEXT };
  });
  strictEqual(source.loaded(), undefined);
  strictEqual(asked, 0);
  const [first, second] = await Promise.all([source.load(), source.load()]);
  strictEqual(first, second);
  strictEqual(source.loaded(), first);
  strictEqual(asked, 1);
});
