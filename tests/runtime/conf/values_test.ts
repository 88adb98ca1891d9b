import { strictEqual } from "node:assert/strict";
import {
  confBoolean,
  confInteger,
  confNumber,
} from "../../../runtime/conf/values.ts";

Deno.test("confInteger() reads as C does", () => {
  const cases: [string, number][] = [
    ["42", 42],
    [" \t-7x", -7],
    ["0x1f", 31],
    ["-0X10", -16],
    ["017", 15],
    ["08", 0],
    ["0", 0],
    ["abc", 0],
    ["", 0],
    ["4294967297", 1],
    ["2147483648", -2147483648],
  ];
  for (const [text, value] of cases) {
    strictEqual(confInteger(text), value, text);
  }
});

Deno.test("confNumber() reads with single precision", () => {
  const cases: [string, number][] = [
    ["1.5", 1.5],
    ["0.1", 0.10000000149011612],
    ["-2e3z", -2000],
    [".5", 0.5],
    ["1.", 1],
    ["0x10", 16],
    ["-inf", -Infinity],
    ["nan", NaN],
    ["x", 0],
    ["", 0],
  ];
  for (const [text, value] of cases) strictEqual(confNumber(text), value, text);
});

Deno.test("confBoolean() knows true and on", () => {
  for (const text of ["true", "TRUE", "on", "On"]) {
    strictEqual(confBoolean(text), true, text);
  }
  for (const text of ["false", "yes", "1", "", "true "]) {
    strictEqual(confBoolean(text), false, text);
  }
});
