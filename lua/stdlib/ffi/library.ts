/**
 * The functions of the library `ffi`. Loaded when a program first calls one of
 * them, or uses a numeral with a suffix (lua/stdlib/ffi.ts).
 * Specification: what LuaJIT 2.1 does; see docs/compatibility_notes.md.
 */
import {
  type Args,
  argumentError,
  checkString,
  checkTable,
  raise,
  typeError,
} from "../../args.ts";
import { type HostResult, type LuaState, multi, NOTHING } from "../../host.ts";
import { isTruthy, type LuaTable, type LuaValue } from "../../value.ts";
import { binaryString } from "../../../runtime/posix/bytes.ts";
import { stringLength } from "../../../runtime/posix/memory.ts";
import type { CLibrary } from "./c_library.ts";
import { Aggregate, Cdata, Ctype, Pointer } from "./cdata.ts";
import { CError, INVALID_TYPE, UNKNOWN_SIZE } from "./c_error.ts";
import type { Parameter } from "./c_reader.ts";
import { toPointer, toScalar } from "./convert.ts";
import {
  alignOf,
  CONST_CHAR_POINTER,
  CONST_VOID_POINTER,
  type CType,
  INT,
  isVariable,
  MAX_SIZE,
  type PointerType,
  sameType,
  sizeOf,
  variableSize,
  VOID_POINTER,
} from "./ctype.ts";
import { Ffi } from "./ffi_state.ts";
import { bytesAt, copyMemory, fillBlock, OwnedBlock } from "./memory.ts";
import { fillMetatable, setMetatype } from "./metamethods.ts";
import { convertTo, count, makeObject, parseNumeral } from "./objects.ts";
import { translated } from "./raise.ts";
import { loadLibrary, readSymbol, writeSymbol } from "./symbols.ts";

type Plain = (...args: LuaValue[]) => HostResult;

/** The loaded library. */
export interface FfiImplementation extends Disposable {
  readonly functions: Readonly<Record<string, Plain>>;
  /** The value of a numeral such as `1LL`, or `undefined`. */
  numeral(text: string): LuaValue;
}

const ABI: ReadonlySet<string> = new Set([
  "64bit",
  "le",
  "fpu",
  "hardfp",
  "gc64",
]);

/**
 * Makes the library of a state.
 *
 * @param namespace The metatable of `ffi.C` and other libraries.
 */
export function createFfi(
  state: LuaState,
  namespace: LuaTable,
): FfiImplementation {
  const ffi = new Ffi(state);
  fillMetatable(ffi);
  return {
    functions: {
      ...typeFunctions(ffi),
      ...objectFunctions(ffi),
      ...memoryFunctions(ffi),
      ...libraryFunctions(ffi, namespace),
    },
    numeral: (text) => parseNumeral(ffi, text),
    [Symbol.dispose]: () => ffi[Symbol.dispose](),
  };
}

/** An argument that names a type: text, a type, or a value of it. */
function checkType(
  ffi: Ffi,
  args: Args,
  index: number,
  parameters: readonly Parameter[] = [],
): CType {
  const value = args[index];
  if (value instanceof Cdata) {
    if (parameters.length > 0) {
      throw new CError("wrong number of type parameters");
    }
    return value.type;
  }
  if (typeof value !== "string") typeError(ffi.state, args, index, "C type");
  const type = ffi.parseType(value, parameters);
  return type.kind === "reference" ? type.to : type;
}

/** What `$` stands for. */
function parametersOf(values: readonly LuaValue[]): Parameter[] {
  return values.map((value) => {
    if (value instanceof Cdata) return value.type;
    if (typeof value === "string" || typeof value === "number") return value;
    throw new CError("wrong number of type parameters");
  });
}

function typeFunctions(ffi: Ffi): Record<string, Plain> {
  const { state } = ffi;
  return {
    cdef(...args) {
      const source = checkString(state, args, 0);
      translated(
        state,
        () => ffi.declare(source, parametersOf(args.slice(1))),
      );
      return NOTHING;
    },
    typeof(...args) {
      return translated(state, () => {
        const parameters = parametersOf(args.slice(1));
        const [value] = args;
        const type = typeof value === "string"
          ? ffi.parseType(value, parameters)
          : checkType(ffi, args, 0, parameters);
        return new Ctype(ffi, type);
      });
    },
    sizeof(...args) {
      return translated(state, () => {
        const [value] = args;
        if (value instanceof Aggregate) return value.size;
        const type = checkType(ffi, args, 0);
        if (!isVariable(type)) return sizeOf(type);
        if (args.length < 2) throw new CError("value expected", 1);
        const size = variableSize(type, count(args[1]));
        if (size === undefined || size < 0 || size > MAX_SIZE) {
          throw new CError(UNKNOWN_SIZE, 0);
        }
        return size;
      });
    },
    alignof: (...args) =>
      translated(state, () => alignOf(checkType(ffi, args, 0))),
    offsetof(...args) {
      const name = checkString(state, args, 1);
      return translated(state, () => {
        const type = checkType(ffi, args, 0);
        const field = type.kind === "struct"
          ? type.tag.members.get(name)
          : undefined;
        if (field === undefined) return NOTHING;
        const { offset, bits } = field;
        return bits === undefined
          ? offset
          : multi(offset, bits.position, bits.width);
      });
    },
    istype(...args) {
      return translated(state, () => {
        const type = checkType(ffi, args, 0);
        const [, value] = args;
        if (!(value instanceof Cdata) || value instanceof Ctype) return false;
        return sameType(type, value.type) ||
          type.kind === "struct" && value.type.kind === "pointer" &&
            sameType(type, value.type.to);
      });
    },
    metatype(...args) {
      const type = translated(state, () => checkType(ffi, args, 0));
      const table = checkTable(state, args, 1);
      if (type.kind !== "struct") argumentError(state, 0, INVALID_TYPE);
      if (type.tag.metatype !== undefined) {
        raise(state, "cannot change a protected metatable");
      }
      setMetatype(ffi, type, table);
      return new Ctype(ffi, type);
    },
  };
}

function objectFunctions(ffi: Ffi): Record<string, Plain> {
  const { state } = ffi;
  return {
    new: (...args) =>
      translated(
        state,
        () => makeObject(ffi, checkType(ffi, args, 0), args.slice(1)),
      ),
    cast: (...args) =>
      translated(state, () => {
        const type = checkType(ffi, args, 0);
        if (args.length < 2) throw new CError("value expected", 1);
        return convertTo(ffi, type, args[1], true);
      }),
    gc(...args) {
      const [object, finalizer] = args;
      if (!(object instanceof Cdata)) typeError(state, args, 0, "cdata");
      if (args.length < 2) argumentError(state, 1, "value expected");
      if (!(object instanceof Pointer || object instanceof Aggregate)) {
        argumentError(state, 0, INVALID_TYPE);
      }
      ffi.finalizers.set(object, finalizer);
      return object;
    },
  };
}

function memoryFunctions(ffi: Ffi): Record<string, Plain> {
  const { state } = ffi;
  const pointer = (args: Args, index: number, type: CType) =>
    translated(
      state,
      () => toPointer(ffi, type as PointerType, args[index]),
      index,
    );
  const size = (args: Args, index: number) => {
    if (index >= args.length) argumentError(state, index, "value expected");
    const value = translated(
      state,
      () => Number(toScalar(INT, args[index])),
      index,
    );
    if (value < 0) raise(state, "string length overflow");
    return value;
  };
  return {
    string(...args) {
      const [value] = args;
      const whole = args.length < 2 || args[1] === undefined;
      const { block, offset } = typeof value === "string"
        ? pointer(args, 0, CONST_CHAR_POINTER)
        : pointer(args, 0, whole ? CONST_CHAR_POINTER : CONST_VOID_POINTER);
      return translated(state, () => {
        if (!whole) {
          return binaryString(bytesAt(block, offset, size(args, 1)));
        }
        if (block instanceof OwnedBlock) {
          const end = block.bytes.indexOf(0, offset);
          const last = end < 0 ? block.size : end;
          return binaryString(bytesAt(block, offset, last - offset));
        }
        bytesAt(block, offset, 1);
        return binaryString(
          bytesAt(block, offset, stringLength(block.address + BigInt(offset))),
        );
      });
    },
    copy(...args) {
      const to = pointer(args, 0, VOID_POINTER);
      const from = pointer(args, 1, CONST_VOID_POINTER);
      const [, source] = args;
      const length = typeof source === "string" && args.length < 3
        ? source.length + 1
        : size(args, 2);
      translated(
        state,
        () => copyMemory(to.block, to.offset, from.block, from.offset, length),
      );
      return NOTHING;
    },
    fill(...args) {
      const { block, offset } = pointer(args, 0, VOID_POINTER);
      const length = size(args, 1);
      const byte = args[2] === undefined
        ? 0
        : translated(state, () => Number(toScalar(INT, args[2])), 2);
      translated(state, () => fillBlock(block, offset, length, byte & 255));
      return NOTHING;
    },
  };
}

function libraryFunctions(
  ffi: Ffi,
  namespace: LuaTable,
): Record<string, Plain> {
  const { state } = ffi;
  const name = (args: Args): string =>
    typeof args[1] === "string" ? args[1] : typeError(state, args, 1, "string");
  return {
    load(...args) {
      const file = checkString(state, args, 0);
      const [, global] = args;
      return translated(
        state,
        () => loadLibrary(namespace, file, isTruthy(global)),
      );
    },
    errno(...args) {
      const before = ffi.errno;
      if (args.length > 0) {
        ffi.errno = translated(
          state,
          () => toScalar(INT, args[0]) as number,
          0,
        );
      }
      return before;
    },
    abi: (...args) => ABI.has(checkString(state, args, 0)),
    __index: (...args) =>
      translated(
        state,
        () => readSymbol(ffi, args[0] as CLibrary, name(args)),
      ),
    __newindex(...args) {
      translated(
        state,
        () => writeSymbol(ffi, args[0] as CLibrary, name(args), args[2]),
      );
      return NOTHING;
    },
  };
}
