import { join } from '@isthmus/kubernetes';
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

/** Takes the marks out of a value; calls `found` with each mark's path in the result and its origins. Undefined entries vanish. */
export function untrace(
  value: unknown,
  path: string,
  found: (path: string, origins: readonly Field[]) => void,
): unknown {
  if (value instanceof Traced) {
    found(path, value.origins);
    return untrace(value.value, path, found);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item, index) => untrace(item, join(path, index), found));
  const plain: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key];
    if (item !== undefined) plain[key] = untrace(item, join(path, key), found);
  }
  return plain;
}
