/**
 * Metrics of a process, kept in memory: what `mtev.stats` records, for whoever
 * wants to read it. Nothing is published yet. Specification: mtev-lua-api.md
 * §15.5.
 */
import { Histogram } from "./histogram.ts";

/** The kinds of metrics, by libcircmetrics' numbers. */
export const MetricType = {
  STRING: 0,
  INT32: 1,
  UINT32: 2,
  INT64: 3,
  UINT64: 4,
  COUNTER: 5,
  DOUBLE: 6,
  HISTOGRAM: 7,
  HISTOGRAM_FAST: 8,
} as const;

/** One of {@link MetricType}. */
export type MetricKind = typeof MetricType[keyof typeof MetricType];

/** A metric. Texts are binary strings. */
export class Metric {
  readonly tags = new Map<string, string>();
  /** What has been recorded; nothing before the first record. */
  value: string | number | Histogram | undefined;
  /** The name to publish with tags in it; empty to publish none. */
  taggedName: string | undefined;

  /** @param name Its place and name, joined by backticks. */
  constructor(readonly name: string, readonly kind: MetricKind) {}

  /**
   * Records a value: a counter adds it, a histogram counts it, others keep it.
   *
   * @param count How often a histogram counts it.
   */
  record(value: string | number | undefined, count = 1): void {
    if (value === undefined) this.value = undefined;
    else if (this.kind === MetricType.STRING) this.value = String(value);
    else this.#recordNumber(Number(value), count);
  }

  #recordNumber(value: number, count: number): void {
    switch (this.kind) {
      case MetricType.COUNTER:
        this.value = Number(this.value ?? 0) + Math.trunc(value);
        break;
      case MetricType.HISTOGRAM:
      case MetricType.HISTOGRAM_FAST:
        if (!(this.value instanceof Histogram)) this.value = new Histogram();
        this.value.add(value, count);
        break;
      case MetricType.INT32:
        this.value = value | 0;
        break;
      case MetricType.UINT32:
        this.value = value >>> 0;
        break;
      case MetricType.INT64:
      case MetricType.UINT64:
        this.value = Math.trunc(value);
        break;
      default:
        this.value = value;
    }
  }
}

/** A level of names, with tags for all metrics below. */
export class Namespace {
  readonly tags = new Map<string, string>();
  readonly #below = new Map<string, Namespace>();

  /** Use {@link Recorder} and {@link ns}. */
  constructor(readonly recorder: Recorder, readonly path: readonly string[]) {}

  /** The namespace of a name below this one. */
  ns(name: string): Namespace {
    let below = this.#below.get(name);
    if (below === undefined) {
      below = new Namespace(this.recorder, [...this.path, name]);
      this.#below.set(name, below);
    }
    return below;
  }

  /** The metric of a name in this namespace; of one that is there the kind stays. */
  register(name: string, kind: MetricKind): Metric {
    const full = [...this.path, name].join("`");
    let metric = this.recorder.metrics.get(full);
    if (metric === undefined) {
      metric = new Metric(full, kind);
      this.recorder.metrics.set(full, metric);
    }
    return metric;
  }
}

/** All metrics of a process. */
export class Recorder {
  /** By full name, in the order of their registration. */
  readonly metrics = new Map<string, Metric>();
  readonly root = new Namespace(this, []);
}
