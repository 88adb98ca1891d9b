/**
 * Text in UTF-8 as HTML in ASCII, with the named entities of HTML 4.
 * Specification: mtev-lua-api.md §10.5. Not an escaper: what is ASCII stays,
 * `&` included, and only on demand `<` and `>` are replaced.
 *
 * Like the reference it takes characters in longer forms than needed and
 * surrogates; every other breach of UTF-8 is an error.
 */

/** The entities of U+00A0 to U+00FF in order. */
const LATIN1 =
  ("nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy " +
    "reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm " +
    "raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring " +
    "AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH " +
    "Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc " +
    "Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig " +
    "ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde " +
    "ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml " +
    "yacute thorn yuml").split(" ");

/** The entities of U+0391 to U+03C9 in order; `-` where there is none. */
const GREEK =
  ("Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi " +
    "Omicron Pi Rho - Sigma Tau Upsilon Phi Chi Psi Omega - - - - - - - alpha " +
    "beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi " +
    "omicron pi rho sigmaf sigma tau upsilon phi chi psi omega").split(" ");

/** The others: code points in hexadecimal, each with its entity. */
const OTHERS =
  "152 OElig 153 oelig 160 Scaron 161 scaron 178 Yuml 192 fnof 2C6 circ " +
  "2DC tilde 3D1 thetasym 3D2 upsih 3D6 piv 2002 ensp 2003 emsp 2009 thinsp " +
  "200C zwnj 200D zwj 200E lrm 200F rlm 2013 ndash 2014 mdash 2018 lsquo " +
  "2019 rsquo 201A sbquo 201C ldquo 201D rdquo 201E bdquo 2020 dagger " +
  "2021 Dagger 2022 bull 2026 hellip 2030 permil 2032 prime 2033 Prime " +
  "2039 lsaquo 203A rsaquo 203E oline 2044 frasl 20AC euro 2111 image " +
  "2118 weierp 211C real 2122 trade 2135 alefsym 2190 larr 2191 uarr " +
  "2192 rarr 2193 darr 2194 harr 21B5 crarr 21D0 lArr 21D1 uArr 21D2 rArr " +
  "21D3 dArr 21D4 hArr 2200 forall 2202 part 2203 exist 2205 empty " +
  "2207 nabla 2208 isin 2209 notin 220B ni 220F prod 2211 sum 2212 minus " +
  "2217 lowast 221A radic 221D prop 221E infin 2220 ang 2227 and 2228 or " +
  "2229 cap 222A cup 222B int 2234 there4 223C sim 2245 cong 2248 asymp " +
  "2260 ne 2261 equiv 2264 le 2265 ge 2282 sub 2283 sup 2284 nsub 2286 sube " +
  "2287 supe 2295 oplus 2297 otimes 22A5 perp 22C5 sdot 2308 lceil " +
  "2309 rceil 230A lfloor 230B rfloor 2329 lang 232A rang 25CA loz " +
  "2660 spades 2663 clubs 2665 hearts 2666 diams";

let names: Map<number, string> | undefined;

function entityNames(): Map<number, string> {
  const made = new Map<number, string>();
  LATIN1.forEach((name, index) => made.set(0xa0 + index, name));
  GREEK.forEach((name, index) => {
    if (name !== "-") made.set(0x391 + index, name);
  });
  for (const [, code, name] of OTHERS.matchAll(/(\S+) (\S+)/g)) {
    made.set(parseInt(code!, 16), name!);
  }
  return made;
}

/**
 * Replaces what is not ASCII by `&name;` or `&#number;`.
 *
 * @param text A binary string in UTF-8; a character cut off at its end is left
 *   out
 * @param tags Whether `<` and `>` are replaced too
 * @returns ASCII
 * @throws {TypeError} When the text is not UTF-8
 */
export function utf8ToHtml(text: string, tags: boolean): string {
  names ??= entityNames();
  let html = "";
  let copied = 0; // what is before it stands in `html`
  for (let index = 0; index < text.length; index++) {
    const byte = text.charCodeAt(index);
    if (byte < 0x80) {
      if (tags && (byte === 0x3c || byte === 0x3e)) {
        html += text.slice(copied, index) + (byte === 0x3c ? "&lt;" : "&gt;");
        copied = index + 1;
      }
      continue;
    }
    html += text.slice(copied, index);
    const length = sequenceLength(byte, index);
    if (index + length > text.length) return html;
    const code = codePoint(text, index, length);
    const name = names.get(code);
    html += code < 0x80
      ? String.fromCharCode(code)
      : name === undefined
      ? `&#${code};`
      : `&${name};`;
    index += length - 1;
    copied = index + 1;
  }
  return html + text.slice(copied);
}

function sequenceLength(byte: number, index: number): number {
  if (byte < 0xc0 || byte >= 0xf8) {
    throw new TypeError(
      `Cannot read UTF-8: byte ${byte} at ${index} begins no character`,
    );
  }
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

function codePoint(text: string, start: number, length: number): number {
  let code = text.charCodeAt(start) & (0x7f >> length);
  for (let index = start + 1; index < start + length; index++) {
    const byte = text.charCodeAt(index);
    if ((byte & 0xc0) !== 0x80) {
      throw new TypeError(
        `Cannot read UTF-8: byte ${byte} at ${index} continues no character`,
      );
    }
    code = code << 6 | byte & 0x3f;
  }
  return code;
}
