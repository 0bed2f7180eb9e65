import type { FieldDifference } from '@isthmus/cluster/model';
import type { FieldChange } from '@isthmus/contract';

/** Where a difference is, as the contract says it: in the newer value, and where it stood if that is another path. */
export function fieldChange(one: FieldDifference): FieldChange {
  const { change } = one;
  if (change === 'added') return { change, path: one.to };
  if (change === 'removed') return { change, path: one.from };
  return { change, path: one.to, ...(one.from === one.to ? {} : { from: one.from }) };
}
