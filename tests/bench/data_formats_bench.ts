/**
 * How fast JSON, XML and time zones are: `deno run -A
 * tests/bench/data_formats_bench.ts`. Rows from Lua include the engine. Rates
 * count the processor time of the whole process, collector included, so that
 * other programs disturb them less. It judges nothing; docs/performance.md says
 * what a run gave.
 */
import process from "node:process";
import { createRuntime } from "../../mod.ts";
import { formatJson } from "../../runtime/json/format.ts";
import { parseJson } from "../../runtime/json/parse.ts";
import { loadZone } from "../../runtime/time/zone.ts";
import { parseXml } from "../../runtime/xml/document.ts";
import { loadXmlLibrary } from "../../runtime/xml/library.ts";

const ROUNDS = 5;

/** Processor time that the process has taken, in milliseconds. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The best of some rounds, in calls per second. */
function rate(calls: number, body: () => void): number {
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = processorTime();
    for (let i = 0; i < calls; i++) body();
    best = Math.max(best, calls / (processorTime() - start) * 1000);
  }
  return best;
}

function report(name: string, figure: number, unit: string): void {
  const text = figure.toLocaleString("en", { maximumSignificantDigits: 3 });
  console.log(`${name.padEnd(44)} ${text.padStart(12)} ${unit}`);
}

// The document and the table that the reference was measured with.
const SMALL =
  '{"a":[1,2,3,{"b":"ccccccccc"}],"d":{"e":1.5,"f":true,"g":null},"h":"string value"}';

async function measureLua(): Promise<void> {
  await using runtime = await createRuntime();
  const rows: readonly (readonly [string, string])[] = [
    ["parsejson + document, 82 bytes", "mtev.parsejson(js):document()"],
    ["tojson + tostring, 64 bytes", "mtev.tojson(tb):tostring()"],
    [
      "timezone:extract of 3 fields",
      'tz:extract(i, "hour", "dst", "zonename")',
    ],
  ];
  for (const [name, code] of rows) {
    const [perSecond] = await runtime.eval(`
      local js = '${SMALL}'
      local tb = {a = {1, 2, 3, {b = "ccc"}}, d = {e = 1.5, f = true}, h = "string value"}
      local tz = mtev.timezone("America/New_York")
      local best = 0
      for round = 1, ${ROUNDS} do
        local start = os.clock()
        for i = 1, 50000 do ${code} end
        best = math.max(best, 50000 / (os.clock() - start))
      end
      return best`);
    report(`Lua: ${name}`, perSecond as number, "/s");
  }
}

function measureJson(): void {
  const items = Array.from(
    { length: 12_000 },
    (_, i) =>
      `{"id":${i},"name":"name of the ${i}th item","v":${
        i / 7
      },"tags":["x","y"],"ok":true}`,
  );
  const large = `[${items.join(",")}]`;
  const megabytes = large.length / 1e6;
  const ours = parseJson(large), theirs = JSON.parse(large);
  const speed = (body: () => void) => rate(20, body) * megabytes;
  console.log(`JSON document of ${megabytes.toFixed(1)} MB`);
  report("parseJson", speed(() => parseJson(large)), "MB/s");
  report("JSON.parse", speed(() => JSON.parse(large)), "MB/s");
  report("formatJson", speed(() => formatJson(ours)), "MB/s");
  report("JSON.stringify", speed(() => JSON.stringify(theirs)), "MB/s");
}

async function measureXml(): Promise<void> {
  const start = performance.now();
  const library = await loadXmlLibrary();
  report("loading libxml2", performance.now() - start, "ms");
  const large = `<r>${
    "<section name='s'><item id='1'>some text</item></section>".repeat(18_000)
  }</r>`;
  const megabytes = large.length / 1e6;
  const speed = (body: () => void) => rate(20, body) * megabytes;
  console.log(`XML document of ${megabytes.toFixed(1)} MB`);
  report(
    "parseXml",
    speed(() => parseXml(library, large)[Symbol.dispose]()),
    "MB/s",
  );
  using document = parseXml(library, large);
  report("format", speed(() => document.format("utf8")), "MB/s");
  report("find //item", rate(5, () => document.find("//item")), "/s");
  report(
    "find /r/section[500]/item/@id",
    rate(50, () => document.find("/r/section[500]/item/@id")),
    "/s",
  );
}

function measureZones(): void {
  const zone = loadZone("America/New_York");
  let seconds = 0;
  report(
    "Zone.at, moments in order",
    rate(200_000, () => zone.at(seconds += 60)),
    "/s",
  );
  report(
    "Zone.at, moments 100 days apart",
    rate(200_000, () => zone.at(seconds = (seconds + 8_640_000) % 1.6e10)),
    "/s",
  );
  report("loadZone", rate(500, () => loadZone("America/New_York")), "/s");
}

await measureLua();
measureJson();
await measureXml();
measureZones();
Deno.exit();
