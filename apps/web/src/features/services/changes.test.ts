import type { Service } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { differing, undoOf } from './changes.ts';

const service = (id: string, change: Partial<Service>): Service => ({
  id,
  namespace: 'sales',
  name: id,
  origin: 'service',
  phase: 'discovered',
  share: 0,
  owner: '',
  note: '',
  revision: 0,
  updatedAt: null,
  updatedBy: null,
  wave: null,
  resources: 0,
  outcomes: { exact: 0, approximate: 0, unsupported: 0, inert: 0, untranslated: 0 },
  findings: { blocker: 0, warning: 0, info: 0 },
  accepted: { blocker: 0, warning: 0, info: 0 },
  overrides: [],
  ...change,
});

test('a change of many is taken back by the values that they had, as the change left them', () => {
  const before = [service('a', {}), service('b', { phase: 'shifting', share: 30 }), service('c', {}), service('d', {})];
  const changed = ['a', 'b', 'c'].map((id) => service(id, { phase: 'bridged', revision: 1 }));
  const undo = undoOf(before, changed, { phase: 'bridged' });
  expect(undo.map(({ services, wanted }) => [services.map(({ id, revision }) => `${id}@${revision}`), wanted])).toEqual(
    [
      [['a@1', 'c@1'], { phase: 'discovered', share: 0 }],
      [['b@1'], { phase: 'shifting', share: 30 }],
    ],
  );
});

test('only what was changed is taken back', () => {
  const before = [service('a', { owner: 'Blue', note: 'n' })];
  expect(undoOf(before, [service('a', { owner: 'Green' })], { owner: 'Green' })[0]?.wanted).toEqual({ owner: 'Blue' });
  expect(undoOf([], [service('a', {})], { owner: '' })).toEqual([]);
});

test('a wish differs in the fields that it names', () => {
  expect(differing(service('a', { owner: 'Blue' }), { owner: 'Blue', phase: 'bridged' })).toEqual(['phase']);
});
