/** Error names and texts against what the C library itself says. */
import assert from "node:assert/strict";
import { ENOENT } from "../../../runtime/posix/constants.ts";
import { libc } from "../../../runtime/posix/libc.ts";
import {
  errorName,
  PosixError,
  strerror,
} from "../../../runtime/posix/posix_error.ts";

const symbols = libc({
  strerrorname_np: { parameters: ["i32"], result: "pointer" },
}, { rarely: true });

Deno.test("errorName() agrees with the C library for every number", () => {
  let known = 0;
  for (let number = 1; number < 200; number++) {
    const name = symbols().strerrorname_np(number);
    if (name === null) {
      assert.equal(errorName(number), `E${number}`);
      continue;
    }
    known++;
    const text = Deno.UnsafePointerView.getCString(name);
    // The C library prefers ENOTSUP; Linux has one number for both names.
    assert.equal(errorName(number), text === "ENOTSUP" ? "EOPNOTSUPP" : text);
  }
  assert.ok(known > 120);
});

Deno.test("strerror() gives the C library's text", () => {
  assert.equal(strerror(ENOENT), "No such file or directory");
  assert.equal(strerror(100_000), "Unknown error 100000");
});

Deno.test("PosixError says what failed, why, and its number", () => {
  const error = new PosixError("open", ENOENT, '"/nowhere"');
  assert.equal(
    error.message,
    'Cannot open "/nowhere": No such file or directory (ENOENT)',
  );
  assert.equal(error.name, "PosixError");
  assert.equal(error.code, "ENOENT");
  assert.equal(error.errno, 2);
  assert.equal(error.syscall, "open");
  assert.equal(
    new PosixError("open", ENOENT).message,
    "Cannot open: No such file or directory (ENOENT)",
  );
});
