/**
 * Calls of C functions. Arguments are converted as C converts them; what a
 * callback raised meanwhile is raised when the function has returned.
 */
import { type HostResult, NOTHING } from "../../host.ts";
import type { LuaValue } from "../../value.ts";
import { errno, setErrno } from "../../../runtime/posix/libc.ts";
import { CError } from "./c_error.ts";
import type { Pointer } from "./cdata.ts";
import type { CType, FunctionType } from "./ctype.ts";
import type { Ffi } from "./ffi_state.ts";
import {
  fromNative,
  nativeResult,
  nativeType,
  type NativeValue,
  toNative,
  variadicType,
} from "./native_types.ts";
import { typeName } from "./type_name.ts";

/** The type of the function that a pointer is or points to, if it does. */
export function functionType(type: CType): FunctionType | undefined {
  if (type.kind === "function") return type;
  return type.kind === "pointer" && type.to.kind === "function"
    ? type.to
    : undefined;
}

/**
 * Calls a C function.
 *
 * @throws {CError} For arguments that do not convert.
 */
export function callFunction(
  ffi: Ffi,
  pointer: Pointer,
  type: FunctionType,
  args: readonly LuaValue[],
): HostResult {
  const { parameters, variadic, result } = type;
  if (
    args.length < parameters.length ||
    args.length > parameters.length && !variadic
  ) throw new CError("wrong number of arguments for function call");
  const types = variadic
    ? args.map((arg, i) => parameters[i] ?? variadicType(arg))
    : parameters;
  const kept: unknown[] = [];
  const values = args.map((arg, i) => {
    try {
      return toNative(ffi, types[i]!, arg, kept);
    } catch (error) {
      if (error instanceof CError) throw new CError(error.message, i);
      throw error;
    }
  });
  const native = nativeFunction(ffi, pointer, type, types, values);
  const value = callNative(ffi, native, values);
  // Here, so that the memory behind pointers lives until now.
  kept.length = 0;
  ffi.callbacks.raisePending();
  return result.kind === "void" ? NOTHING : fromNative(ffi, result, value);
}

function callNative(
  ffi: Ffi,
  native: Deno.UnsafeFnPointer<Deno.ForeignFunction>,
  values: NativeValue[],
): NativeValue {
  setErrno(ffi.errno);
  const value = native.call(...values as never[]) as NativeValue;
  ffi.errno = errno();
  return value;
}

function nativeFunction(
  ffi: Ffi,
  pointer: Pointer,
  { result, variadic }: FunctionType,
  types: readonly CType[],
  values: readonly NativeValue[],
): Deno.UnsafeFnPointer<Deno.ForeignFunction> {
  let key = variadic ? types.map(typeName).join() : "";
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] === "object") key += `;${i}`;
  }
  let native = pointer.calls?.get(key);
  if (native === undefined) {
    const address = Deno.UnsafePointer.create(pointer.address);
    if (address === null) throw new CError("attempt to call a null pointer");
    native = new Deno.UnsafeFnPointer(address as Deno.PointerObject<never>, {
      parameters: types.map((type, i) =>
        type.kind === "pointer" && typeof values[i] === "object"
          ? "buffer"
          : nativeType(type)
      ),
      result: nativeResult(result),
    });
    (pointer.calls ??= new Map()).set(key, native);
  }
  ffi.callbacks.check(pointer.address);
  return native;
}
