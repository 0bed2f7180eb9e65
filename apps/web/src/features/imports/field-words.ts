import type { FieldChange } from '@isthmus/contract';

/** A path, with what happened there unless its value is simply another one. */
export const placeOf = ({ change, path }: FieldChange): string => (change === 'changed' ? path : `${path} ${change}`);

/** All places of a resource that changed, for one cell of a table. */
export const placesOf = (fields: readonly FieldChange[]): string => fields.map(placeOf).join(', ');

/** What stands beside a path where the older value has it elsewhere. */
export function fromWords({ change, path, from }: FieldChange): string | undefined {
  if (change === 'removed') return 'removed; a path of the older side';
  if (change === 'moved') return `moved from ${from ?? path}: another place in the order of the list`;
  if (change === 'added') return 'added';
  return from === undefined ? undefined : `was ${from}`;
}
