import { ok, strictEqual } from "node:assert/strict";
import {
  BrokenDownTime,
  processorTime,
} from "../../../runtime/posix/calendar.ts";

Deno.test("BrokenDownTime.of() breaks a time down in UTC", () => {
  const time = BrokenDownTime.of(1_700_000_000, true)!;
  strictEqual(time.get("year"), 123);
  strictEqual(time.get("month"), 10);
  strictEqual(time.get("day"), 14);
  strictEqual(time.get("yearday"), 317);
});

Deno.test("BrokenDownTime.of() gives nothing when the year does not fit", () => {
  strictEqual(BrokenDownTime.of(2 ** 62, true), undefined);
  strictEqual(BrokenDownTime.of(NaN, true), undefined);
});

Deno.test("BrokenDownTime.toSeconds() is the inverse in the local zone", () => {
  for (const seconds of [0, 951_782_400, 2 ** 31, 4_102_444_800]) {
    strictEqual(BrokenDownTime.of(seconds, false)!.toSeconds(), seconds);
  }
});

Deno.test("BrokenDownTime.format() gives empty and long texts", () => {
  const time = BrokenDownTime.of(0, true)!;
  strictEqual(time.format(""), "");
  strictEqual(time.format("%A ".repeat(1000)), "Thursday ".repeat(1000));
});

Deno.test("processorTime() grows while the processor works", () => {
  const start = processorTime();
  let sum = 0;
  while (processorTime() === start) sum++;
  ok(processorTime() > start && sum >= 0);
});
