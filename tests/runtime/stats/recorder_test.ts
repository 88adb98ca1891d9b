import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { createRuntime } from "../../../lua/runtime.ts";
import { Histogram } from "../../../runtime/stats/histogram.ts";
import { MetricType, Recorder } from "../../../runtime/stats/recorder.ts";

Deno.test("metrics keep what their kind says", () => {
  const recorder = new Recorder();
  const ns = recorder.root.ns("a").ns("b");
  const value = (kind: keyof typeof MetricType, ...values: number[]) => {
    const metric = ns.register(kind, MetricType[kind]);
    for (const value of values) metric.record(value);
    return metric.value;
  };
  strictEqual(value("COUNTER", 1, 2.9, 3), 6);
  strictEqual(value("INT32", 2 ** 32 - 1), -1);
  strictEqual(value("UINT32", -1), 2 ** 32 - 1);
  strictEqual(value("INT64", -1.5), -1);
  strictEqual(value("DOUBLE", 1.5), 1.5);
  strictEqual(value("STRING", 7), "7");
  deepStrictEqual(
    [...recorder.metrics.keys()].slice(0, 2),
    ["a`b`COUNTER", "a`b`INT32"],
  );
  strictEqual(
    ns.register("COUNTER", MetricType.DOUBLE).kind,
    MetricType.COUNTER,
  );
  const counter = ns.register("COUNTER", MetricType.COUNTER);
  counter.record(undefined);
  strictEqual(counter.value, undefined);
});

Deno.test("histograms stay small", () => {
  const histogram = new Histogram();
  for (const value of [1234, 1299, 0.0125, -1250, 0, 1e-300, NaN, Infinity]) {
    histogram.add(value);
  }
  histogram.add(10, 5);
  deepStrictEqual(
    [...histogram.bins],
    [[1200, 2], [0.012, 1], [-1200, 1], [0, 2], [10, 5]],
  );
  strictEqual(histogram.count, 11);
  for (let value = 1; value < 100_000; value++) histogram.add(value);
  ok(histogram.bins.size < 500);
});

Deno.test("a TypeScript program reads what Lua code records", async () => {
  await using runtime = await createRuntime();
  await runtime.eval(
    `local requests = mtev.stats:ns("web"):register("requests", mtev.stats.COUNTER)
     requests:record(2) requests:add_tag("kind", "http")`,
  );
  const metric = runtime.stats.metrics.get("web`requests");
  strictEqual(metric?.value, 2);
  deepStrictEqual(Object.fromEntries(metric.tags), { kind: "http" });
});
