import { isList, isMap, type Json } from '@isthmus/kubernetes';

/** The items of a list; none where it is something else. */
export const list = (value: Json | undefined): readonly Json[] => (isList(value) ? value : []);

/** A value inside of maps; undefined where there is none. */
export function at(value: Json | undefined, ...keys: readonly string[]): Json | undefined {
  let found = value;
  for (const key of keys)
    found = found !== undefined && isMap(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  return found;
}

/** A text; another one, or undefined, where it is something else. */
export function text(value: Json | undefined): string | undefined;
export function text(value: Json | undefined, otherwise: string): string;
export function text(value: Json | undefined, otherwise?: string): string | undefined {
  return typeof value === 'string' ? value : otherwise;
}

export const number = (value: Json | undefined): number | undefined => (typeof value === 'number' ? value : undefined);

/** The entries of a map whose values are texts. */
export const texts = (value: Json | undefined): Readonly<Record<string, string>> =>
  value !== undefined && isMap(value)
    ? Object.fromEntries(
        Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      )
    : {};
