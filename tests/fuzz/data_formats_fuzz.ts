/**
 * Feeds damaged documents to the parsers of JSON, XML and time zones for as
 * long as wanted: `deno run -A tests/fuzz/data_formats_fuzz.ts [seconds]
 * [seed]`. Each may refuse a document with its own error and must do nothing
 * else; the first other error ends the run and prints the document.
 *
 * The tests of the parsers do the same for some milliseconds at each run.
 */
import { formatJson } from "../../runtime/json/format.ts";
import { JsonSyntaxError, parseJson } from "../../runtime/json/parse.ts";
import { binaryBytes, binaryString } from "../../runtime/posix/bytes.ts";
import { Zone } from "../../runtime/time/zone.ts";
import { decodeZoneFile } from "../../runtime/time/zone_file.ts";
import { parseXml, XmlParseError } from "../../runtime/xml/document.ts";
import { loadXmlLibrary } from "../../runtime/xml/library.ts";

interface Target {
  readonly name: string;
  /** Documents to damage. */
  readonly seeds: readonly string[];
  /** What damage is made of, besides bytes. */
  readonly tokens: readonly string[];
  readonly run: (text: string) => void;
  /** Whether an error is the refusal of a document. */
  readonly refuses: (error: unknown) => boolean;
}

const library = await loadXmlLibrary();

const TARGETS: readonly Target[] = [
  {
    name: "json",
    seeds: [
      '{"a":[1,-2.5e3,true,null,"x\\u0041\\n"],/* c */\'d\':{},}// e\n',
      "[18446744073709551615,[[[[[[[[[[1E5]]]]]]]]]],007,1.2.3]",
    ],
    tokens: ["[", "{", '"', "\\u00e9", "/*", "*/", "null", "1e9", ",", ":"],
    run(text) {
      const once = formatJson(parseJson(text));
      const twice = formatJson(parseJson(once));
      if (once !== twice) throw new Error(`${once} became ${twice}`);
    },
    refuses: (error) => error instanceof JsonSyntaxError,
  },
  {
    name: "xml",
    seeds: [
      "<?xml version='1.0'?><!DOCTYPE r [<!ENTITY e 'x'><!ATTLIST r d CDATA 'v'>]>" +
      "<r xmlns:p='u' a='1&amp;'>t&e;<p:b p:c='2'/><!--c--><?pi d?><![CDATA[<>]]></r>",
    ],
    tokens: ["<", ">", "&e;", "<!", "]]>", "<?", "/>", "<!ENTITY ", "%p;", "'"],
    run(text) {
      using document = parseXml(library, text);
      document.format("utf8");
      for (const node of document.find("//node() | //@*")) {
        void node.contents;
        node.setContents("x");
      }
    },
    refuses: (error) => error instanceof XmlParseError,
  },
  {
    name: "zone",
    seeds: ["Europe/Dublin", "America/New_York", "right/UTC"].flatMap(readZone),
    tokens: ["\xff\xff\xff\xff", "\0\0\0\0", "TZif", "\n", "M3.5.0", "<-03>3"],
    run(text) {
      const zone = new Zone(decodeZoneFile(binaryBytes(text)));
      for (const seconds of [-1e12, -1, 0, 1e9, 1e11]) zone.at(seconds);
    },
    refuses: (error) => error instanceof SyntaxError,
  },
];

function readZone(name: string): string[] {
  try {
    return [binaryString(Deno.readFileSync(`/usr/share/zoneinfo/${name}`))];
  } catch {
    return [];
  }
}

/** A generator of numbers from 0 up to a limit, the same for a seed (xorshift). */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed | 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

function damage(
  { seeds, tokens }: Target,
  random: (limit: number) => number,
): string {
  let text = seeds[random(seeds.length)]!;
  for (let count = 1 + random(3); count > 0; count--) {
    const at = random(text.length + 1);
    const removed = random(2) * random(12);
    const added = random(2) === 0
      ? tokens[random(tokens.length)]!.repeat(random(8) === 0 ? 100 : 1)
      : String.fromCharCode(random(256));
    text = text.slice(0, at) + added + text.slice(at + removed);
  }
  return text;
}

const seconds = Number(Deno.args[0] ?? 10);
const seed = Number(Deno.args[1] ?? Date.now() % 1e9);
const random = randomFrom(seed);
console.log(`${seconds} s a parser, seed ${seed}`);
for (const target of TARGETS) {
  if (target.seeds.length === 0) {
    console.log(`${target.name}: skipped, the system has no time zones`);
    continue;
  }
  const end = performance.now() + seconds * 1000;
  let documents = 0, refused = 0;
  for (; performance.now() < end; documents++) {
    const text = damage(target, random);
    try {
      target.run(text);
    } catch (error) {
      if (!target.refuses(error)) {
        console.error(`${target.name} fails on ${JSON.stringify(text)}`);
        throw error;
      }
      refused++;
    }
  }
  console.log(`${target.name}: ${documents} documents, ${refused} refused`);
}
