/**
 * Rates of the configuration: lookups and changes. Prints one line for each.
 */
import { Configuration } from "../../runtime/conf/configuration.ts";
import { findSections } from "../../runtime/conf/section.ts";
import { loadXmlLibrary } from "../../runtime/xml/library.ts";

const library = await loadXmlLibrary();
const folder = Deno.makeTempDirSync();
const items = Array.from(
  { length: 1000 },
  (_, index) => `<item id="${index}" color="red"><port>${index}</port></item>`,
).join("");
Deno.writeTextFileSync(
  `${folder}/main.conf`,
  `<app><logs/><list size="1">${items}</list><small><a>1</a></small>
    <include file="small.conf"/></app>`,
);
Deno.writeTextFileSync(`${folder}/small.conf`, "<app><b>1</b></app>");

using configuration = new Configuration(library, {
  path: `${folder}/main.conf`,
});
const [section] = findSections(configuration, "//item[@id='500']");

function measure(what: string, count: number, body: (i: number) => void): void {
  const start = performance.now();
  for (let index = 0; index < count; index++) body(index);
  const seconds = (performance.now() - start) / 1000;
  console.log(`${what}: ${Math.round(count / seconds)} a second`);
}

try {
  measure(
    "lookup of the same path",
    1_000_000,
    () => configuration.get("/app/small/a"),
  );
  measure(
    "lookup of ever other paths",
    20_000,
    (index) => configuration.get(`/app/list/item[${1 + index % 1000}]/@id`),
  );
  measure("inherited attribute", 20_000, () => section!.inherited("size"));
  measure(
    "change, written to a file of 50 KB",
    200,
    (index) => configuration.set("/app/small/a", String(index)),
  );
  measure(
    "change, written to a small include",
    200,
    (index) => configuration.set("/app/include/b", String(index)),
  );
} finally {
  Deno.removeSync(folder, { recursive: true });
}
