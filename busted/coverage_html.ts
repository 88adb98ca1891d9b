/**
 * Coverage as pages: a list of files, and the source of each with the count of
 * every line. Binary strings, since sources are bytes; no scripts, no fonts,
 * nothing from elsewhere.
 */
import { type FileCoverage, lineShare, percent } from "./coverage.ts";

const STYLE = `
body{font:14px/1.5 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em}
table{border-collapse:collapse}
.files td,.files th{padding:.2em 1em;text-align:right;border-bottom:1px solid #8884}
.files td:first-child,.files th:first-child{text-align:left}
.source{width:100%;font:13px/1.45 ui-monospace,monospace}
.source td{padding:0 .6em;white-space:pre-wrap;overflow-wrap:anywhere}
.source td:nth-child(-n+2){text-align:right;color:#888;user-select:none;white-space:pre;width:1%}
.hit td:last-child{background:#2da44e22}
.miss td:last-child{background:#cf222e33}
`.trim();

/** The page that lists the files. */
export function indexPage(files: readonly FileCoverage[]): string {
  const rows = files.map((file) =>
    row(`<a href="${pageName(file.path)}">${escape(file.path)}</a>`, [file])
  );
  return page(
    "Coverage",
    `<table class="files"><tr><th>File<th>Lines<th>Missed<th>Covered</tr>\n` +
      `${rows.join("")}${row("All files", files)}</table>`,
  );
}

function row(name: string, files: readonly FileCoverage[]): string {
  const share = lineShare(files);
  return `<tr><td>${name}<td>${share.found}<td>${share.found - share.hit}` +
    `<td>${percent(share)} %</tr>\n`;
}

/**
 * The page of a file.
 *
 * @param file The file.
 * @param source Its content; undefined when it cannot be read any more.
 */
export function filePage(
  file: FileCoverage,
  source: string | undefined,
): string {
  const share = `${percent(lineShare([file]))} %`;
  const back = `<p><a href="index.html">All files</a> · ${share}</p>`
    .replace("·", "&middot;");
  if (source === undefined) {
    return page(escape(file.path), `${back}<p>The file cannot be read.</p>`);
  }
  const lines = source.replace(/\n$/, "").split("\n").map((text, i) => {
    const count = file.lines.get(i + 1);
    const kind = count === undefined ? "" : count > 0 ? "hit" : "miss";
    return `<tr id="L${i + 1}" class="${kind}"><td>${i + 1}<td>` +
      `${count ?? ""}<td>${escape(text)}</tr>\n`;
  });
  return page(
    escape(file.path),
    `${back}<table class="source">\n${lines.join("")}</table>`,
  );
}

/** The name of a file's page: flat, and another one for each path. */
export function pageName(path: string): string {
  const name = path.replace(
    /[^A-Za-z0-9.\-]/g,
    (character) =>
      character === "/"
        ? "__"
        : `_${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return `${name}.html`;
}

function page(title: string, body: string): string {
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8">` +
    `<title>${title}</title><style>\n${STYLE}\n</style></head>\n` +
    `<body><h1>${title}</h1>\n${body}\n</body></html>\n`;
}

function escape(text: string): string {
  return text.replace(
    /[&<>"]/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
}
