import type { StoredPlan } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { drafted, undone } from './draft.ts';

const stored = { revision: 3, settings: { most: null, approvals: 1 } } as unknown as StoredPlan;

test('a draft holds what differs, and ends where nothing does any more', () => {
  const first = drafted(undefined, stored, [['a/x']], { most: 5 });
  expect(first).toMatchObject({ base: { revision: 3 }, settings: { most: 5 } });
  const newer = { ...stored, revision: 4 };
  const second = drafted(first, newer, [], { approvals: 2 });
  expect(second).toMatchObject({ base: { revision: 3 }, baseWaves: [['a/x']], settings: { most: 5, approvals: 2 } });
  expect(drafted(first, stored, [], { most: null })).toBeUndefined();
});

test('changes are taken back one by one', () => {
  const first = drafted(undefined, stored, [], { most: 5 });
  const second = drafted(first, stored, [], { most: 6 });
  if (second === undefined) throw new Error('no draft');
  const back = undone(second);
  expect(back?.settings).toEqual({ most: 5 });
  expect(back && undone(back)).toBeUndefined();
});
