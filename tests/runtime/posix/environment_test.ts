import assert from "node:assert/strict";
import {
  environment,
  environmentVariable,
} from "../../../runtime/posix/environment.ts";

Deno.test("environmentVariable() sees what Deno sets and deletes, as bytes", () => {
  const name = "LUAMTEV_TEST_ENVIRONMENT";
  Deno.env.set(name, "a=é");
  assert.equal(environmentVariable(name), "a=\xc3\xa9");
  assert.equal(environment().get(name), "a=\xc3\xa9");
  Deno.env.delete(name);
  assert.equal(environmentVariable(name), undefined);
  assert.equal(environment().has(name), false);
});

Deno.test("environmentVariable() has no variable of an impossible name", () => {
  for (const name of ["", "a=b", "PATH\0"]) {
    assert.equal(environmentVariable(name), undefined);
  }
});

Deno.test("environment() has all that Deno has", () => {
  const names = Object.keys(Deno.env.toObject());
  assert.deepEqual(names.filter((name) => !environment().has(name)), []);
});
