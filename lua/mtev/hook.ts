/**
 * Hooks: Lua functions that subsystems of the process call at certain points.
 * Which function to call is known to all states; each calls its own. Of the
 * points those of subsystems that are not there yet never come.
 * Specification: mtev-lua-api.md §15.3.
 */
import { raise, toStringArgument } from "../args.ts";
import { definer } from "../define.ts";
import { LuaError } from "../errors.ts";
import { isFunction, isTable, type LuaTable, type LuaValue } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** The points that the reference has, its modules' included. */
const HOOKS: ReadonlySet<string> = new Set([
  "dso_post_init",
  "eventer_started",
  "http1_post_request",
  "http_auth",
  "http_post_request",
  "http_post_request_read_payload",
  "http_request_complete",
  "http_request_log",
  "http_response_send",
  "http_response_starting",
  "mtev_cluster_handle_node_update",
  "mtev_cluster_update",
  "mtev_conf_delete_section",
  "mtev_conf_value_fixup",
  "mtev_conf_value_interpolate",
  "mtev_console_dispatch",
  "mtev_log_flatbuffer",
  "mtev_log_line",
  "mtev_log_plain",
  "mtev_rest_get_handler",
  "mtev_reverse_proxy_changed",
  "mtev_stacktrace_frame",
  "rest_auth_denied",
  "zipkin_publish",
  "zipkin_publish_span",
]);

/** What the functions return. */
const RESULTS = {
  MTEV_HOOK_CONTINUE: 0,
  MTEV_HOOK_DONE: 1,
  MTEV_HOOK_ABORT: 2,
} as const;

/** A function that a hook calls. */
interface Registration {
  readonly module: string;
  /** Its path among the globals. */
  readonly path: string;
}

/** The functions of all hooks, for all states of a process. */
export class Hooks {
  readonly #registrations = new Map<string, Registration[]>();

  /** Adds a function, unless it is there. */
  add(hook: string, module: string, path: string): void {
    const known = this.#registrations.get(hook) ?? [];
    if (known.some((one) => one.module === module && one.path === path)) return;
    this.#registrations.set(hook, [...known, { module, path }]);
  }

  /** The functions of a hook, in the order in which they were added. */
  of(hook: string): readonly Registration[] {
    return this.#registrations.get(hook) ?? [];
  }
}

/**
 * Calls the functions of a hook in a state. They cannot wait; what they raise is
 * logged on `error/lua`.
 *
 * @returns What the first one returned that wants no others to be called, or
 * `MTEV_HOOK_CONTINUE`.
 */
export function callHook(
  { process, state }: MtevContext,
  hook: string,
  ...args: LuaValue[]
): number {
  for (const { module, path } of process.hooks.of(hook)) {
    try {
      state.call(requireOf(state.globals), module);
      const [result] = state.call(functionAt(state.globals, path), ...args);
      const verdict = typeof result === "number" ? result : 0;
      if (verdict !== RESULTS.MTEV_HOOK_CONTINUE) return verdict;
    } catch (error) {
      if (!(error instanceof LuaError)) throw error;
      process.logs.get("error/lua").log(
        `lua: hook ${hook}: ${state.tostring(error.value)}\n`,
      );
    }
  }
  return RESULTS.MTEV_HOOK_CONTINUE;
}

function requireOf(globals: LuaTable) {
  return functionAt(globals, "require");
}

function functionAt(globals: LuaTable, path: string) {
  let value: LuaValue = globals;
  for (const part of path.split(".")) {
    value = isTable(value) ? value.get(part) : undefined;
  }
  if (isFunction(value)) return value;
  throw new LuaError(`no function '${path}'`);
}

/** Adds the family to `mtev`. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { process, state } = context;
  const define = definer(state);
  for (const [name, value] of Object.entries(RESULTS)) {
    state.globals.set(name, value);
  }

  /**
   * @lua known = mtev.hook(name, module, func)
   * Tells whether the process has a hook; or, with three arguments, makes it call `require(module)` and the function `func`.
   * @param name string: the hook
   * @param module? string: the module that defines the function
   * @param func? string: the function's path among the globals
   * @return boolean: whether there is such a hook; true when the function was added
   * @error `hook not valid` when a function is added to an unknown hook
   * @error `mtev.hook(name,["func_name"])` for other numbers of arguments
   * @suspends no
   * @example mtev.hook("eventer_started", "app.hooks", "app.hooks.started")
   * @source mtev-lua-api.md §15.3
   * @compat differs: of the hooks `eventer_started` alone is called, once the modules of `preloads` are loaded; those of subsystems that are not there yet never are
   */
  define(mtev, "hook", (...args) => {
    const [name, module, path] = args.map(toStringArgument);
    if ((args.length !== 1 && args.length !== 3) || name === undefined) {
      raise(state, `mtev.hook(name,["func_name"])`);
    }
    const known = HOOKS.has(name);
    if (args.length === 1) {
      if (!known) {
        process.logs.get("error").log(
          `symbol not found: ${name}_hook_register\n`,
        );
      }
      return known;
    }
    if (!known || module === undefined || path === undefined) {
      raise(state, "hook not valid");
    }
    process.hooks.add(name, module, path);
    return true;
  });
}
