/**
 * The parsers of JSON, XML and time zones as fuzz targets.
 */
import { formatJson } from "../../runtime/json/format.ts";
import { JsonSyntaxError, parseJson } from "../../runtime/json/parse.ts";
import { FilterError, parseFilter } from "../../runtime/log/filter.ts";
import { LogLine } from "../../runtime/log/line.ts";
import { binaryBytes, binaryString } from "../../runtime/posix/bytes.ts";
import { Zone } from "../../runtime/time/zone.ts";
import { decodeZoneFile } from "../../runtime/time/zone_file.ts";
import { parseXml, XmlParseError } from "../../runtime/xml/document.ts";
import { loadXmlLibrary } from "../../runtime/xml/library.ts";
import type { Target } from "./target.ts";

const library = await loadXmlLibrary();

/** The targets. */
export const DATA_FORMATS: readonly Target[] = [
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
    name: "filters of logs",
    seeds: [
      "and(facility = \"a\\n\", or(line >= 12, not(exists('x'))), 'y' !~ 'z+')",
      'or( message ~ "^\\\\d{2,}$" ,threadid != -1.5e3,\n timestamp<0)',
    ],
    tokens: ["and(", "or(", "not(", "exists(", ")", ",", "=", "!~", "'", "\\0"],
    run(text) {
      const thread = { id: 1, name: "t" };
      const line = new LogLine("a", "12 x\n", thread, undefined, { y: 0.1 });
      parseFilter(text).filter(line);
    },
    refuses: (error) => error instanceof FilterError,
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
    name: "xpath",
    seeds: [
      "/r/*[local-name()='b' and @c > 1]/following-sibling::node()[last()]",
      "//*[contains(concat(., 'x'), \"t\")] | (/r/@a)[position() mod 2 = 1]",
    ],
    tokens: ["/", "//", "[", "]", "(", ")", "@", "::", "*", "p:", "|", "-"],
    run(text) {
      using document = parseXml(library, "<r a='1'>t<b c='2'/><b c='3'/></r>");
      for (const node of document.find(text, document.root)) {
        void node.contents;
      }
    },
    refuses: (error) =>
      error instanceof SyntaxError || error instanceof TypeError,
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
    missing: "the system has no time zones",
  },
];

function readZone(name: string): string[] {
  try {
    return [binaryString(Deno.readFileSync(`/usr/share/zoneinfo/${name}`))];
  } catch {
    return [];
  }
}
