import { entriesBefore, join } from '@isthmus/kubernetes';
import type { Field } from './field.ts';

/** A value of an emitted resource that remembers the source fields it came from. */
export class Traced<T = unknown> {
  readonly value: T;
  readonly origins: readonly Field[];
  constructor(value: T, origins: readonly Field[]) {
    this.value = value;
    this.origins = origins;
  }
}

/** `T`, or any part of it, may be traced. */
export type Traceable<T> =
  | T
  | Traced<T>
  | Traced<Traceable<T>>
  | (T extends readonly (infer Item)[]
      ? readonly Traceable<Item>[]
      : T extends object
        ? { readonly [Key in keyof T]: Traceable<T[Key]> }
        : never);

/** Marks a value as coming from source fields, without saying how well it carries them over. */
export function trace<T>(origins: Field | readonly Field[], value: T): Traced<T> {
  return new Traced(value, Array.isArray(origins) ? origins : [origins as Field]);
}

type Found = (path: string, origins: readonly Field[]) => void;

const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null;

function untraceList(list: readonly unknown[], path: string, found: Found): readonly unknown[] {
  let plain: unknown[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const item = list[index];
    if (isScalar(item)) continue;
    const own = untrace(item, join(path, index), found);
    if (own === item) continue;
    plain ??= [...list];
    plain[index] = own;
  }
  return plain ?? list;
}

type Entries = Readonly<Record<string, unknown>>;

function untraceMap(map: Entries, path: string, found: Found): Entries {
  let plain: Record<string, unknown> | undefined;
  for (const key in map) {
    const item = map[key];
    const own = isScalar(item) ? item : untrace(item, join(path, key), found);
    if (own !== item || item === undefined) plain ??= entriesBefore(map, key);
    if (plain !== undefined && item !== undefined) plain[key] = own;
  }
  return plain ?? map;
}

/**
 * Takes the marks out of a value; calls `found` with each mark's path in the result and its origins. Undefined entries vanish.
 * Parts without either are not copied: most are.
 */
export function untrace(value: unknown, path: string, found: Found): unknown {
  if (value instanceof Traced) {
    found(path, value.origins);
    return untrace(value.value, path, found);
  }
  if (isScalar(value)) return value;
  return Array.isArray(value) ? untraceList(value, path, found) : untraceMap(value as Entries, path, found);
}
