/** UTF-8 as HTML: every character, and every way of breaking UTF-8. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeText } from "../../../lua/text.ts";
import { utf8ToHtml } from "../../../runtime/encode/html_entities.ts";

Deno.test("utf8ToHtml() names the characters that HTML 4 names", () => {
  let named = 0;
  for (let code = 0x80; code <= 0x10ffff; code += code < 0x3000 ? 1 : 251) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const html = utf8ToHtml(encodeText(String.fromCodePoint(code)), false);
    if (/^&[A-Za-z][A-Za-z0-9]*;$/.test(html)) named++;
    else assert.equal(html, `&#${code};`);
  }
  assert.equal(named, 248); // the 252 of HTML 4 but for " & < >
  assert.equal(
    utf8ToHtml(encodeText("ÀÿƒΑωϖ‰€™⇔◊♦Œ"), false),
    "&Agrave;&yuml;&fnof;&Alpha;&omega;&piv;&permil;&euro;&trade;&hArr;&loz;&diams;&OElig;",
  );
});

Deno.test("utf8ToHtml() leaves ASCII alone, but for tags on demand", () => {
  const ascii = String.fromCharCode(...Array(128).keys());
  assert.equal(utf8ToHtml(ascii, false), ascii);
  assert.equal(
    utf8ToHtml(ascii, true),
    ascii.replace("<", "&lt;").replace(">", "&gt;"),
  );
});

Deno.test("utf8ToHtml() drops a character that is cut off at the end", () => {
  for (const text of ["\xc3", "\xe2\x82", "\xe2", "\xf0\x9f\x98", "\xf0"]) {
    assert.equal(utf8ToHtml("a" + text, false), "a");
  }
});

Deno.test("utf8ToHtml() refuses what is not UTF-8", () => {
  for (
    const text of [
      "\x80",
      "\xbf",
      "\xf8\x88\x80\x80\x80",
      "\xff",
      "\xc3b",
      "\xe2\x82b",
    ]
  ) assert.throws(() => utf8ToHtml(`a${text}`, false), TypeError);
});

Deno.test("utf8ToHtml() gives ASCII or a TypeError for any bytes", () => {
  const byte = fc.nat(255).map((code) => String.fromCharCode(code));
  fc.assert(fc.property(fc.string({ unit: byte }), (text) => {
    try {
      assert.match(utf8ToHtml(text, true), /^[\0-\x7f]*$/);
    } catch (error) {
      assert.ok(error instanceof TypeError);
    }
  }));
});

Deno.test("utf8ToHtml() takes 10 MB", () => {
  const text = encodeText("aé€").repeat(1_700_000);
  assert.equal(utf8ToHtml(text, false).length, 1_700_000 * 15);
});
