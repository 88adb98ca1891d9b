import assert from "node:assert/strict";
import { getopt } from "../../cli/getopt.ts";

const LETTERS = "hTe:n:dL:";

function parse(...words: string[]) {
  const { options, complaints, operands } = getopt(words, LETTERS);
  return {
    options: options.map(({ letter, value }) =>
      value === undefined ? letter : `${letter}=${value}`
    ),
    complaints,
    operands,
  };
}

Deno.test("getopt() stops at the first word that is no option", () => {
  assert.deepEqual(parse("-d", "x.lua", "-n", "4"), {
    options: ["d"],
    complaints: [],
    operands: ["x.lua", "-n", "4"],
  });
});

Deno.test("getopt() takes values from the cluster or from the next word", () => {
  assert.deepEqual(parse("-dn4", "-L+a/?.lua", "-e", "start", "x").options, [
    "d",
    "n=4",
    "L=+a/?.lua",
    "e=start",
  ]);
  assert.deepEqual(parse("-e", "-d", "x").options, ["e=-d"]);
});

Deno.test("getopt() ends options at -- and takes - as an operand", () => {
  assert.deepEqual(parse("-d", "--", "-T").operands, ["-T"]);
  assert.deepEqual(parse("-", "-T").operands, ["-", "-T"]);
});

Deno.test("getopt() takes long options wherever options may be", () => {
  assert.deepEqual(parse("--a", "-n", "4", "--b=c", "-d", "x", "--d"), {
    options: ["--a", "n=4", "--b=c", "d"],
    complaints: [],
    operands: ["x", "--d"],
  });
  assert.deepEqual(parse("-e", "--b", "x").options, ["e=--b"]);
});

Deno.test("getopt() gives long options that take a value the next word", () => {
  const { options, complaints, operands } = getopt(
    ["--run", "-d", "--run=a=b", "--run"],
    "",
    ["--run"],
  );
  assert.deepEqual(options, [
    { letter: "--run", value: "-d" },
    { letter: "--run", value: "a=b" },
  ]);
  assert.deepEqual(complaints, ["option '--run' requires an argument"]);
  assert.deepEqual(operands, []);
});

Deno.test("getopt() reports unknown options and goes on", () => {
  assert.deepEqual(parse("-dqT", "-:", "x"), {
    options: ["d", "T"],
    complaints: ["invalid option -- 'q'", "invalid option -- ':'"],
    operands: ["x"],
  });
});

Deno.test("getopt() reports a missing value", () => {
  assert.deepEqual(parse("-de"), {
    options: ["d"],
    complaints: ["option requires an argument -- 'e'"],
    operands: [],
  });
});
