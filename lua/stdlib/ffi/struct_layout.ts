/**
 * Where the members of a struct or union are, as gcc lays them out: natural
 * alignment, `packed`, `aligned`, and bit fields that do not cross a unit of
 * their type.
 */
import { CError, UNKNOWN_SIZE } from "./c_error.ts";
import {
  alignOf,
  type CType,
  type Field,
  MAX_SIZE,
  sizeOf,
  type StructTag,
} from "./ctype.ts";

/** A member as it was declared. */
export interface Member {
  readonly name: string | undefined;
  readonly type: CType;
  /** The width of a bit field; 0 starts a new unit. */
  readonly width?: number;
  /** From an attribute. */
  readonly align?: number;
  readonly packed?: boolean;
}

/** Attributes of the whole. */
export interface LayoutOptions {
  readonly packed?: boolean;
  /** At least this alignment. */
  readonly align?: number;
  /** At most this alignment of members (`#pragma pack`). */
  readonly pack?: number;
}

/** Completes `tag` with its members. */
export function layOut(
  tag: StructTag,
  members: readonly Member[],
  { packed = false, align: least = 1, pack = Infinity }: LayoutOptions,
): void {
  const fields: Field[] = [];
  let bit = 0;
  let size = 0;
  let align = least;
  for (const [i, member] of members.entries()) {
    const { type, name, width } = member;
    const last = i === members.length - 1;
    const bytes = memberSize(tag, type, last);
    const natural = packed || member.packed ? 1 : alignOf(type);
    const boundary = Math.max(Math.min(natural, pack), member.align ?? 1);
    if (tag.union) bit = 0;
    if (width === undefined) {
      const offset = Math.ceil(bit / 8 / boundary) * boundary;
      fields.push({ name, type, offset });
      bit = (offset + bytes) * 8;
    } else if (width === 0) {
      bit = Math.ceil(bit / (bytes * 8)) * bytes * 8;
      continue;
    } else {
      const unit = bytes * 8;
      if (
        !packed && Math.floor(bit / unit) < Math.floor((bit + width - 1) / unit)
      ) {
        bit = Math.ceil(bit / unit) * unit;
      }
      const offset = Math.floor(bit / unit) * bytes;
      const position = bit - offset * 8;
      if (position + width > unit) {
        throw new CError("unsupported: bit field that crosses its unit");
      }
      if (name !== undefined) {
        fields.push({ name, type, offset, bits: { position, width } });
      }
      bit += width;
    }
    align = Math.max(align, boundary);
    size = Math.max(size, Math.ceil(bit / 8));
    if (size > MAX_SIZE) throw new CError(UNKNOWN_SIZE);
  }
  tag.size = Math.ceil(size / align) * align;
  tag.align = align;
  for (const field of fields) addMember(tag, field);
  tag.fields = fields;
}

function memberSize(tag: StructTag, type: CType, last: boolean): number {
  const size = sizeOf(type);
  if (size !== undefined) return size;
  if (type.kind === "array" && type.length === undefined && last) {
    const element = sizeOf(type.element);
    if (element !== undefined) {
      if (type.variable) tag.variable = type.element;
      return 0;
    }
  }
  throw new CError(UNKNOWN_SIZE);
}

/** Names a field; those of an anonymous member are named as its own. */
function addMember(tag: StructTag, field: Field): void {
  if (field.name !== undefined) {
    if (!tag.members.has(field.name)) tag.members.set(field.name, field);
    return;
  }
  if (field.type.kind !== "struct") return;
  for (const [name, inner] of field.type.tag.members) {
    if (!tag.members.has(name)) {
      tag.members.set(name, { ...inner, offset: inner.offset + field.offset });
    }
  }
}
