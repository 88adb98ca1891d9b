/**
 * A pattern that matches by much backtracking ran as a regular expression of
 * V8, which asks nobody whether to stop: signals did not end it.
 */
import assert from "node:assert/strict";
import { interrupt, TestFolder } from "../support/luamtev.ts";

/** Calls that would take hours. */
const CALLS = {
  "many repeats": `("a"):rep(5000):find(("a*"):rep(10) .. "b")`,
  "many options": `("a"):rep(100):find(("a?"):rep(60) .. ("a"):rep(60) .. "b")`,
  "a slow start": `("a"):rep(1e7):find("a+b")`,
  "position captures": `("a"):rep(5000):gsub("()a*a*a*a*b", "")`,
};

for (const [name, call] of Object.entries(CALLS)) {
  Deno.test(`a signal ends a search with ${name}`, async () => {
    using folder = new TestFolder();
    const module = folder.module(
      `function main() print("up") local _ = ${call} end`,
    );
    assert.deepEqual(await interrupt(module), {
      code: 2,
      stderr: "[TERMINATE] received sigint, shutting down.\n",
    });
  });
}
