// `<` and `>` written in two bytes, which UTF-8 forbids but utf8tohtml takes,
// came out as themselves even where tags were to be replaced.
import { equal } from "node:assert/strict";
import { utf8ToHtml } from "../../runtime/encode/html_entities.ts";

Deno.test("utf8ToHtml() replaces tags in longer forms than needed too", () => {
  for (const less of ["<", "\xc0\xbc", "\xe0\x80\xbc", "\xf0\x80\x80\xbc"]) {
    equal(utf8ToHtml(`a${less}b\xc0\xbe`, true), "a&lt;b&gt;");
    equal(utf8ToHtml(`a${less}b`, false), "a<b");
  }
});
