/**
 * The configuration of the process, by XPath: the file of `-c`, or the document
 * that `luamtev -T` prints. Changes are written to the file at once.
 *
 * Specification: mtev-lua-api.md §14.
 */
import type { Configuration } from "../../runtime/conf/configuration.ts";
import {
  confBoolean,
  confInteger,
  confNumber,
} from "../../runtime/conf/values.ts";
import { definer } from "../define.ts";
import { LuaError } from "../errors.ts";
import { raise } from "../args.ts";
import { type HostResult, suspendOn } from "../host.ts";
import { formatNumber } from "../number.ts";
import { encodeText } from "../text.ts";
import type { LuaTable, LuaValue } from "../value.ts";
import type { MtevContext } from "./context.ts";

/** Adds the functions to the `mtev` table. */
export function install(context: MtevContext, mtev: LuaTable): void {
  const { state, coroutines } = context;
  const { configuration } = context.process;
  const define = definer(state);

  /** Runs `body` with the configuration, which may have to be loaded first. */
  function withConfiguration(
    body: (configuration: Configuration) => HostResult & LuaValue,
  ): HostResult {
    const loaded = configuration.loaded();
    if (loaded !== undefined) return body(loaded);
    if (coroutines.currentOrNone === undefined || !state.isYieldable) {
      raise(
        state,
        "mtev.conf: the first call waits for libxml2 to load, and cannot wait here",
      );
    }
    return suspendOn(configuration.load().then(body), toLuaError);
  }

  /** A function that reads with one argument and writes with two. */
  function accessor(
    read: (text: string) => LuaValue,
    write: (value: LuaValue) => string | undefined,
  ) {
    return (...args: LuaValue[]): HostResult => {
      const path = textOf(args[0]);
      if (path === undefined) return undefined;
      if (args.length < 2) {
        return withConfiguration((configuration) => {
          const text = configuration.get(path);
          return text === undefined ? undefined : read(text);
        });
      }
      const value = write(args[1]);
      if (value === undefined) return undefined;
      checkLength(path);
      return withConfiguration((configuration) =>
        configuration.set(path, value)
      );
    };
  }

  function checkLength(path: string): void {
    if (path.length >= MAX_PATH) raise(state, "path overflow");
  }

  /** A function that removes all nodes of a path and makes one. */
  function replacer(write: (value: LuaValue) => string | undefined) {
    return (...args: LuaValue[]): HostResult => {
      const path = textOf(args[0]);
      const value = write(args[1]);
      if (args.length !== 2 || path === undefined || value === undefined) {
        return undefined;
      }
      checkLength(path);
      return withConfiguration((configuration) =>
        configuration.replace(path, value)
      );
    };
  }

  const text = accessor((value) => value, valueText);
  const integer = accessor(confInteger, valueText);
  const number = accessor(confNumber, valueText);
  const boolean = accessor(confBoolean, booleanText);

  /**
   * @lua value = mtev.conf_get_string(path, value)
   * Reads a text of the configuration; or, with two arguments, sets it. An
   * element or attribute that is not there is made when its parent is there.
   * Changes are written at once to the file that they belong to; of the
   * generated configuration they last as long as the process.
   * @param path string: an XPath expression; of several nodes the last one counts
   * @param value? any: what to set
   * @return string|boolean: the text, nil when there is none; with two arguments whether there is such a parent
   * @error `path overflow` when a path of 4096 bytes and more is set
   * @suspends maybe: the first call of a process, which loads libxml2
   * @example print(mtev.conf_get_string("/cli/modules/generic/@name"))
   * @source mtev-lua-api.md §14.1
   * @compat differs: without `-c` the first call has to wait some 50 ms; a file that cannot be written is told of on `error/conf`
   */
  define(mtev, "conf_get_string", text);

  /**
   * @lua value = mtev.conf(path, value)
   * The same as `mtev.conf_get_string`.
   * @param path string: an XPath expression
   * @param value? any: what to set
   * @return string|boolean: the text, or whether there is a parent
   * @suspends maybe: the first call of a process
   * @example print(mtev.conf("/cli/eventer/config/concurrency"))
   * @source mtev-lua-api.md §14.1
   * @compat differs: as `mtev.conf_get_string`
   */
  define(mtev, "conf", text);

  /**
   * @lua value = mtev.conf_get(path, value)
   * The same as `mtev.conf_get_string`.
   * @param path string: an XPath expression
   * @param value? any: what to set
   * @return string|boolean: the text, or whether there is a parent
   * @suspends maybe: the first call of a process
   * @example print(mtev.conf_get("/cli/eventer/config/concurrency"))
   * @source mtev-lua-api.md §14.1
   * @compat differs: as `mtev.conf_get_string`
   */
  define(mtev, "conf_get", text);

  /**
   * @lua value = mtev.conf_string(path, value)
   * The same as `mtev.conf_get_string`.
   * @param path string: an XPath expression
   * @param value? any: what to set
   * @return string|boolean: the text, or whether there is a parent
   * @suspends maybe: the first call of a process
   * @example print(mtev.conf_string("/cli/eventer/config/concurrency"))
   * @source mtev-lua-api.md §14.1
   * @compat differs: as `mtev.conf_get_string`
   */
  define(mtev, "conf_string", text);

  /**
   * @lua value = mtev.conf_get_integer(path, value)
   * Reads an integer of 32 bits as C does (`0x1f`, `017`; other texts are 0), or sets it.
   * @param path string: an XPath expression
   * @param value? any: what to set
   * @return integer|boolean: the number, nil when there is none; with two arguments whether there is a parent
   * @error `path overflow`
   * @suspends maybe: the first call of a process
   * @example print(mtev.conf_get_integer("/cli/eventer/config/concurrency"))
   * @source mtev-lua-api.md §14.1
   * @compat differs: as `mtev.conf_get_string`
   */
  define(mtev, "conf_get_integer", integer);

  /**
   * @lua value = mtev.conf_integer(path, value)
   * The same as `mtev.conf_get_integer`.
   * @param path string: an XPath expression
   * @param value? any: what to set
   * @return integer|boolean: the number, or whether there is a parent
   * @suspends maybe: the first call of a process
   * @example print(mtev.conf_integer("/cli/eventer/config/concurrency"))
   * @source mtev-lua-api.md §14.1
   * @compat differs: as `mtev.conf_get_string`
   */
  define(mtev, "conf_integer", integer);

  /**
   * @lua value = mtev.conf_get_number(path, value)
   * Reads a number of single precision (0.1 is 0.10000000149012), or sets it.
   * @param path string: an XPath expression
   * @param value? any: what to set
   * @return number|boolean: the number, nil when there is none; with two arguments whether there is a parent
   * @error `path overflow`
   * @suspends maybe: the first call of a process
   * @example print(mtev.conf_get_number("/cli/eventer/config/concurrency"))
   * @source mtev-lua-api.md §14.1
   * @compat differs: as `mtev.conf_get_string`
   */
  define(mtev, "conf_get_number", number);

  /**
   * @lua value = mtev.conf_number(path, value)
   * The same as `mtev.conf_get_number`.
   * @param path string: an XPath expression
   * @param value? any: what to set
   * @return number|boolean: the number, or whether there is a parent
   * @suspends maybe: the first call of a process
   * @example print(mtev.conf_number("/cli/eventer/config/concurrency"))
   * @source mtev-lua-api.md §14.1
   * @compat differs: as `mtev.conf_get_string`
   */
  define(mtev, "conf_number", number);

  /**
   * @lua value = mtev.conf_get_float(path, value)
   * The same as `mtev.conf_get_number`, by the name in the manual.
   * @param path string: an XPath expression
   * @param value? any: what to set
   * @return number|boolean: the number, or whether there is a parent
   * @suspends maybe: the first call of a process
   * @example print(mtev.conf_get_float("/cli/eventer/config/concurrency"))
   * @source mtev-lua-api.md §14.1
   * @compat differs: the reference documents it and does not have it
   */
  define(mtev, "conf_get_float", number);

  /**
   * @lua value = mtev.conf_get_boolean(path, value)
   * Reads a boolean: `true` and `on` in any case are true, all other texts false; or sets it.
   * @param path string: an XPath expression
   * @param value? any: what to set; all but nil and false is `true`
   * @return boolean: the value, nil when there is none; with two arguments whether there is a parent
   * @error `path overflow`
   * @suspends maybe: the first call of a process
   * @example print(mtev.conf_get_boolean("/cli/modules/generic/config/tragedy_terminates"))
   * @source mtev-lua-api.md §14.1
   * @compat differs: as `mtev.conf_get_string`
   */
  define(mtev, "conf_get_boolean", boolean);

  /**
   * @lua value = mtev.conf_boolean(path, value)
   * The same as `mtev.conf_get_boolean`.
   * @param path string: an XPath expression
   * @param value? any: what to set
   * @return boolean: the value, or whether there is a parent
   * @suspends maybe: the first call of a process
   * @example print(mtev.conf_boolean("/cli/modules/generic/config/tragedy_terminates"))
   * @source mtev-lua-api.md §14.1
   * @compat differs: as `mtev.conf_get_string`
   */
  define(mtev, "conf_boolean", boolean);

  const replaceText = replacer(valueText);

  /**
   * @lua replaced = mtev.conf_replace_string(path, value)
   * Leaves one node of those that a path finds, with a value, or makes one.
   * @param path string: the path of an element, or of an attribute (`…/@name`)
   * @param value any: its text
   * @return boolean: whether there is a parent; nil for wrong arguments
   * @error `path overflow`
   * @suspends maybe: the first call of a process
   * @example mtev.conf_replace_string("/cli/key", "value")
   * @source mtev-lua-api.md §14.3
   * @compat differs: the place and attributes of the first node stay, where the reference appends a new one; nodes of included files can be replaced
   */
  define(mtev, "conf_replace_string", replaceText);

  /**
   * @lua replaced = mtev.conf_replace_integer(path, value)
   * The same as `mtev.conf_replace_string`.
   * @param path string: the path
   * @param value any: its text
   * @return boolean: whether there is a parent
   * @suspends maybe: the first call of a process
   * @example mtev.conf_replace_integer("/cli/key", 42)
   * @source mtev-lua-api.md §14.3
   * @compat differs: as `mtev.conf_get_string`
   */
  define(mtev, "conf_replace_integer", replaceText);

  /**
   * @lua replaced = mtev.conf_replace_number(path, value)
   * The same as `mtev.conf_replace_string`.
   * @param path string: the path
   * @param value any: its text
   * @return boolean: whether there is a parent
   * @suspends maybe: the first call of a process
   * @example mtev.conf_replace_number("/cli/key", 1.5)
   * @source mtev-lua-api.md §14.3
   * @compat differs: as `mtev.conf_get_string`
   */
  define(mtev, "conf_replace_number", replaceText);

  /**
   * @lua replaced = mtev.conf_replace_value(path, value)
   * The same as `mtev.conf_replace_string`, by the name in the manual.
   * @param path string: the path
   * @param value any: its text
   * @return boolean: whether there is a parent
   * @suspends maybe: the first call of a process
   * @example mtev.conf_replace_value("/cli/key", "value")
   * @source mtev-lua-api.md §14.3
   * @compat differs: the reference documents it and does not have it
   */
  define(mtev, "conf_replace_value", replaceText);

  /**
   * @lua replaced = mtev.conf_replace_boolean(path, value)
   * As `mtev.conf_replace_string`, with `true` or `false` as the text.
   * @param path string: the path
   * @param value any: all but nil and false is `true`
   * @return boolean: whether there is a parent
   * @suspends maybe: the first call of a process
   * @example mtev.conf_replace_boolean("/cli/flag", true)
   * @source mtev-lua-api.md §14.3
   * @compat differs: as `mtev.conf_get_string`
   */
  define(mtev, "conf_replace_boolean", replacer(booleanText));

  /**
   * @lua values = mtev.conf_get_string_list(base_path, child_path)
   * Reads a text from each node of a list.
   * @param base_path string: finds the nodes
   * @param child_path string: finds the text, seen from a node
   * @return string[]: the texts in order, nil when there is no node
   * @error `bad arguments to conf_get_string_list` when there are not two
   * @error `Unable to read option entry: <base_path><child_path>` when a node has no such text
   * @suspends maybe: the first call of a process
   * @example local images = mtev.conf_get_string_list("/cli/modules/generic", "@image")
   * @source mtev-lua-api.md §14.4
   * @compat differs: a wrong number of arguments is an error and does not end the process
   */
  define(mtev, "conf_get_string_list", (...args) => {
    const base = textOf(args[0]);
    const child = textOf(args[1]);
    if (args.length !== 2 || base === undefined || child === undefined) {
      raise(state, "bad arguments to conf_get_string_list");
    }
    const found = (configuration: Configuration) => {
      const values = configuration.list(base, child);
      if (values === undefined) return undefined;
      const list = state.newTable();
      values.forEach((value, index) => {
        if (value === undefined) {
          throw new LuaError(`Unable to read option entry: ${base}${child}`);
        }
        list.set(index + 1, value);
      });
      return list;
    };
    return withConfiguration(found);
  });

  /**
   * @lua mtev.conf_mark_changed()
   * Says that the configuration differs from its file, so that `mtev.conf_save` writes that.
   * @suspends maybe: the first call of a process
   * @example mtev.conf_mark_changed()
   * @source mtev-lua-api.md §14.5
   * @compat differs: it is there without lua_general
   */
  define(mtev, "conf_mark_changed", () =>
    withConfiguration((configuration) => {
      configuration.markChanged();
      return undefined;
    }));

  /**
   * @lua saved = mtev.conf_save()
   * Writes the files of the configuration that differ from it. Setting a value does so, too.
   * @return boolean: whether all could be written; true for the generated configuration, which has no file
   * @suspends maybe: the first call of a process
   * @example assert(mtev.conf_save())
   * @source mtev-lua-api.md §14.5
   * @compat differs: it is there without lua_general, and writes only files that changed
   */
  define(
    mtev,
    "conf_save",
    () => withConfiguration((configuration) => configuration.save()),
  );
}

/** Paths as long as this are refused when they are set. */
const MAX_PATH = 4096;

/** A string, or a number as Lua writes it. */
function textOf(value: LuaValue): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "boolean") return String(value);
  return undefined;
}

/** As {@link textOf}; nil is the empty text. */
function valueText(value: LuaValue): string | undefined {
  return value === undefined ? "" : textOf(value);
}

function booleanText(value: LuaValue): string {
  return value === undefined || value === false ? "false" : "true";
}

function toLuaError(error: unknown): LuaError {
  return error instanceof LuaError
    ? error
    : new LuaError(encodeText((error as Error).message));
}
