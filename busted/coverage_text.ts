/** Coverage as a table for people: a row a file, with the lines that are left. */
import { decodeText } from "../lua/text.ts";
import { type FileCoverage, lineShare, percent } from "./coverage.ts";

const HEADINGS = ["File", "Lines", "Missed", "Covered"];

/** The table, with a newline at its end. */
export function coverageTable(files: readonly FileCoverage[]): string {
  const rows = files.map((file) => row(decodeText(file.path), [file]));
  rows.push(row("All files", files));
  const missed = [...files.map(missedLines), ""];
  const widths = HEADINGS.map((heading, i) =>
    Math.max(heading.length, ...rows.map((cells) => cells[i]!.length))
  );
  const line = (cells: readonly string[], rest: string) => {
    const [name, ...numbers] = cells.map((cell, i) =>
      i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)
    );
    return `${[name, ...numbers, rest].join("  ").trimEnd()}\n`;
  };
  return line(HEADINGS, "Missed lines") +
    rows.map((cells, i) => line(cells, missed[i]!)).join("");
}

function row(name: string, files: readonly FileCoverage[]): string[] {
  const share = lineShare(files);
  const missing = share.found - share.hit;
  return [name, `${share.found}`, `${missing}`, `${percent(share)} %`];
}

/** `3-5, 9`: a gap without statements does not end a range. */
function missedLines({ lines }: FileCoverage): string {
  const ranges: [number, number][] = [];
  let open = false;
  for (const [line, count] of lines) {
    if (count > 0) open = false;
    else if (open) ranges[ranges.length - 1]![1] = line;
    else {
      ranges.push([line, line]);
      open = true;
    }
  }
  return ranges.map(([from, to]) => from === to ? `${from}` : `${from}-${to}`)
    .join(", ");
}
