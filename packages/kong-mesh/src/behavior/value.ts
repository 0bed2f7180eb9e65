import { isList, isMap, type Json } from '@isthmus/kubernetes';

export { mapOf } from '@isthmus/kubernetes';

/** The list that stands in a field; an empty one where the field is absent or holds something else. */
export const listOf = (value: Json | undefined): readonly Json[] => (isList(value) ? value : []);

/** The text of a field; undefined where the field is absent or holds something else. */
export const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** The text of a field that counts as absent where it is empty, as Go's zero value does. */
export const filledOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The number of a field; undefined where the field is absent or holds something else. */
export const numberOf = (value: Json | undefined): number | undefined =>
  typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;

/** A number that may be written as a text (`"12.5"`), as Kuma's IntOrString fields allow; NaN where it is no number. */
export function decimalOf(value: Json | undefined): number | undefined {
  if (typeof value !== 'string') return numberOf(value);
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value) ? Number(value) : Number.NaN;
}

/** The texts of a map, without values of another type; undefined where there is no map. */
export function textsOf(value: Json | undefined): Readonly<Record<string, string>> | undefined {
  if (!isMap(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
