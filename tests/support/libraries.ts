/**
 * Which of the system's optional libraries are there. A test that needs one
 * puts the reason into its name and is ignored, so that a run without the
 * library shows what it did not test.
 *
 * Importing this opens the libraries for the whole file of tests: they stay
 * open, as in any program, which a test's sanitizer would take for a leak.
 */
import { digest } from "../../runtime/crypto/digest.ts";
import { Matcher } from "../../runtime/pcre/matcher.ts";

function reasonWithout(library: string, debianPackage: string): string {
  try {
    Deno.dlopen(library, {}).close();
    return "";
  } catch {
    return ` (skipped: no ${library}, in Debian's ${debianPackage})`;
  }
}

/** Empty where libpcre2-8 is installed, else why tests of it are skipped. */
export const PCRE2_MISSING: string = reasonWithout(
  "libpcre2-8.so.0",
  "libpcre2-8-0",
);
if (PCRE2_MISSING === "") new Matcher("");

/** Empty where libcrypto is installed, else why tests of it are skipped. */
export const LIBCRYPTO_MISSING: string = reasonWithout(
  "libcrypto.so.3",
  "libssl3",
);
digest("md5", "");
