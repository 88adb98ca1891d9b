/**
 * `mtev.stats`: metrics that a program records, in memory. Specification:
 * mtev-lua-api.md §15.5.
 */
import {
  type Metric,
  type MetricKind,
  MetricType,
  type Namespace,
} from "../../runtime/stats/recorder.ts";
import {
  type Args,
  raise,
  toNumberArgument,
  toStringArgument,
} from "../args.ts";
import { definer } from "../define.ts";
import { NOTHING } from "../host.ts";
import {
  isTable,
  type LuaTable,
  LuaUserdata,
  type LuaValue,
} from "../value.ts";
import type { MtevContext } from "./context.ts";

/** A namespace or the recorder, in Lua's hands. */
class NamespaceObject extends LuaUserdata {
  constructor(metatable: LuaTable, readonly namespace: Namespace) {
    super(metatable);
  }
}

/** A metric, in Lua's hands. */
class Handle extends LuaUserdata {
  constructor(metatable: LuaTable, readonly metric: Metric) {
    super(metatable);
  }
}

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state } = context;
  const define = definer(state);
  const stats = methodTable("recorder", MetricType);
  const ns = methodTable("ns", MetricType);
  const handle = methodTable("handle", {});

  /** A table of methods whose objects raise for what is not in it. */
  function methodTable(
    kind: string,
    constants: Readonly<Record<string, number>>,
  ): { readonly methods: LuaTable; readonly metatable: LuaTable } {
    const methods = state.newTable();
    for (const [name, value] of Object.entries(constants)) {
      methods.set(name, value);
    }
    const metatable = state.newTable();
    metatable.set(
      "__index",
      state.newFunction("__index", (_self, key) => {
        const name = toStringArgument(key) ?? "";
        return methods.get(name) ??
          raise(state, `unknown field ${name} in libcircmetrics.${kind}`);
      }),
    );
    return { methods, metatable };
  }

  function checkNamespace(self: LuaValue): Namespace {
    if (self instanceof NamespaceObject) return self.namespace;
    raise(state, "must be called as method");
  }

  function checkMetric(self: LuaValue): Metric {
    if (self instanceof Handle) return self.metric;
    raise(state, "must be called as method");
  }

  function checkCount(args: Args, count: number, message: string): void {
    if (args.length !== count) raise(state, `libcircmetrics.${message}`);
  }

  function checkText(value: LuaValue, place: "first" | "second"): string {
    return toStringArgument(value) ??
      raise(state, `${place} argument must be a string`);
  }

  function below(args: Args, kind: "recorder" | "ns"): NamespaceObject {
    checkCount(args, 2, `${kind}.ns must be called with two arguments`);
    const parent = checkNamespace(args[0]);
    const namespace = parent.ns(checkText(args[1], "first"));
    return new NamespaceObject(ns.metatable, namespace);
  }

  /**
   * @lua namespace = stats:ns(name)
   * Finds or makes a namespace of metrics.
   * @param name string: its name
   * @return ns: the namespace
   * @error `libcircmetrics.recorder.ns must be called with two arguments`, `must be called as method`, `first argument must be a string`
   * @suspends no
   * @example local app = mtev.stats:ns("app")
   * @source mtev-lua-api.md §15.5
   * @compat differs: metrics are kept in memory, each state has its own, and nothing publishes them yet
   */
  define(stats.methods, "ns", (...args) => below(args, "recorder"));

  /**
   * @lua namespace = ns:ns(name)
   * Finds or makes a namespace within another.
   * @param name string: its name
   * @return ns: the namespace
   * @error `libcircmetrics.ns.ns must be called with two arguments`, `must be called as method`, `first argument must be a string`
   * @suspends no
   * @example local db = mtev.stats:ns("app"):ns("db")
   * @source mtev-lua-api.md §15.5
   * @compat same
   */
  define(ns.methods, "ns", (...args) => below(args, "ns"));

  /**
   * @lua handle = ns:register(name, type, fanout)
   * Finds or makes a metric.
   * @param name string: its name
   * @param type integer: a constant such as `mtev.stats.COUNTER`
   * @param fanout? boolean: accepted, without effect
   * @return handle: the metric
   * @error `libcircmetrics.ns.register(self,name,type[,fanout])`, `must be called as method`, `first argument must be a string`, `third argument must be valid stats type`
   * @suspends no
   * @example local requests = mtev.stats:ns("app"):register("requests", mtev.stats.COUNTER)
   * @source mtev-lua-api.md §15.5
   * @compat differs: a metric that is there keeps its type
   */
  define(ns.methods, "register", (...args) => {
    if (args.length < 3 || args.length > 4) {
      checkCount(args, 3, "ns.register(self,name,type[,fanout])");
    }
    const namespace = checkNamespace(args[0]);
    const name = checkText(args[1], "first");
    const kind = toNumberArgument(args[2]);
    if (!Object.values<number | undefined>(MetricType).includes(kind)) {
      raise(state, "third argument must be valid stats type");
    }
    const metric = namespace.register(name, kind as MetricKind);
    return new Handle(handle.metatable, metric);
  });

  /**
   * @lua ns:add_tag(category, value)
   * Gives all metrics of a namespace a tag.
   * @param category string: the tag's category
   * @param value string: its value
   * @error `libcircmetrics.ns.add_tag must be called with two arguments`, `must be called as method`, `first argument must be a string`, `second argument must be a string`
   * @suspends no
   * @example mtev.stats:ns("app"):add_tag("zone", "a")
   * @source mtev-lua-api.md §15.5
   * @compat same
   */
  define(ns.methods, "add_tag", (...args) => {
    checkCount(args, 3, "ns.add_tag must be called with two arguments");
    const { tags } = checkNamespace(args[0]);
    tags.set(checkText(args[1], "first"), checkText(args[2], "second"));
    return NOTHING;
  });

  /**
   * @lua handle:add_tag(category, value)
   * Gives a metric a tag.
   * @param category string: the tag's category
   * @param value string: its value
   * @error `libcircmetrics.handle.add_tag must be called with two arguments`, `must be called as method`, `first argument must be a string`, `second argument must be a string`
   * @suspends no
   * @example requests:add_tag("kind", "http")
   * @source mtev-lua-api.md §15.5
   * @compat same
   */
  define(handle.methods, "add_tag", (...args) => {
    checkCount(args, 3, "handle.add_tag must be called with two arguments");
    const { tags } = checkMetric(args[0]);
    tags.set(checkText(args[1], "first"), checkText(args[2], "second"));
    return NOTHING;
  });

  /**
   * @lua handle:tagged_name(name)
   * Gives a metric another name for systems that know tags.
   * @param name string: the name
   * @error `libcircmetrics.handle.add_tag must be called with one arguments`, `must be called as method`, `first argument must be a string`
   * @suspends no
   * @example requests:tagged_name("requests")
   * @source mtev-lua-api.md §15.5
   * @compat same
   */
  define(handle.methods, "tagged_name", (...args) => {
    checkCount(args, 2, "handle.add_tag must be called with one arguments");
    checkMetric(args[0]).taggedName = checkText(args[1], "first");
    return NOTHING;
  });

  /**
   * @lua handle:tagged_suppress()
   * Hides a metric from systems that know tags.
   * @error `libcircmetrics.handle.add_tag must be called with no arguments`, `must be called as method`
   * @suspends no
   * @example requests:tagged_suppress()
   * @source mtev-lua-api.md §15.5
   * @compat same
   */
  define(handle.methods, "tagged_suppress", (...args) => {
    checkCount(args, 1, "handle.add_tag must be called with no arguments");
    checkMetric(args[0]).taggedName = "";
    return NOTHING;
  });

  /**
   * @lua handle:record(value, count)
   * Records a value: a counter adds it, a histogram counts it, a string or number keeps it; nil clears.
   * @param value any: a number, a string, nil, or of a histogram `{mantissa, exponent}` for mantissa·10^exponent
   * @param count? integer: how often a histogram counts it
   * @error `libcircmetrics.handle.record(self,value[,cnt])`, `must be called as method`; `record(hist,val[,cnt])` when a number is wanted
   * @suspends no
   * @example requests:record(1)
   * @source mtev-lua-api.md §15.5
   * @compat same
   */
  define(handle.methods, "record", (...args) => {
    if (args.length < 2 || args.length > 3) {
      checkCount(args, 2, "handle.record(self,value[,cnt])");
    }
    const metric = checkMetric(args[0]);
    const [, value, count] = args;
    metric.record(recordable(metric, value), toNumberArgument(count) ?? 1);
    return NOTHING;
  });

  function recordable(
    metric: Metric,
    value: LuaValue,
  ): string | number | undefined {
    if (value === undefined) return undefined;
    if (metric.kind === MetricType.STRING) {
      return toStringArgument(value) ?? raise(state, "record(hist,val[,cnt])");
    }
    if (isTable(value)) {
      const [mantissa, exponent] = [value.get(1), value.get(2)]
        .map(toNumberArgument);
      if (mantissa !== undefined && exponent !== undefined) {
        return mantissa * 10 ** exponent;
      }
    }
    return toNumberArgument(value) ?? raise(state, "record(hist,val[,cnt])");
  }

  mtev.set(
    "stats",
    new NamespaceObject(stats.metatable, context.process.stats.root),
  );
}
