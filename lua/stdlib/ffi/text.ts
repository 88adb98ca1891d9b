/** `tostring` of cdata: `5LL`, `0+1i`, `cdata<int *>: 0x7f00…`. */
import { formatNumber } from "../../number.ts";
import { addressOf as madeUpAddress } from "../../value.ts";
import {
  Aggregate,
  type Cdata,
  Complex,
  Ctype,
  Pointer,
  Scalar,
} from "./cdata.ts";
import { type CType, isInt64 } from "./ctype.ts";
import { typeName } from "./type_name.ts";

/** A cdata as text. */
export function textOf(value: Cdata): string {
  const { type } = value;
  if (value instanceof Ctype) return `ctype<${typeName(type)}>`;
  if (value instanceof Scalar) {
    if (isInt64(type)) return `${value.value}${type.signed ? "LL" : "ULL"}`;
    if (type.kind === "enum") {
      return `cdata<${typeName(type)}>: ${value.value}`;
    }
  }
  if (value instanceof Complex) {
    const { re, im } = value;
    const sign = im < 0 || Object.is(im, -0) ? "" : "+";
    const unit = Number.isFinite(im) ? "i" : "I";
    return `${formatNumber(re)}${sign}${formatNumber(im)}${unit}`;
  }
  if (value instanceof Pointer) {
    return `cdata<${typeName(type)}>: ${hexadecimal(value.address)}`;
  }
  if (value instanceof Aggregate) {
    const shown: CType = value.reference
      ? { kind: "reference", to: type }
      : type;
    const address = BigInt.asUintN(
      64,
      value.block.address + BigInt(value.offset),
    );
    return `cdata<${typeName(shown)}>: ${hexadecimal(address)}`;
  }
  return `cdata<${typeName(type)}>: ${madeUpAddress(value)}`;
}

function hexadecimal(address: bigint): string {
  return address === 0n ? "NULL" : `0x${address.toString(16).padStart(8, "0")}`;
}
