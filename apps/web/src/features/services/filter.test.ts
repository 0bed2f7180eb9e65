import type { Service } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { answerOf, filterServices, rollUp } from './filter.ts';

const service = (id: string, change: Partial<Service> = {}): Service => ({
  id,
  namespace: id.split('/')[0] ?? '',
  name: id.split('/')[1] ?? '',
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

const services = [
  service('sales/seats', { phase: 'bridged', owner: 'Blue', wave: 10, overrides: ['a'] }),
  service('sales/flights', { findings: { blocker: 2, warning: 0, info: 0 } }),
  service('crew/rosters', { phase: 'migrated', owner: 'Green', wave: 9 }),
];
const ids = (search: Parameters<typeof filterServices>[1]): string[] =>
  filterServices(services, search).map(({ id }) => id);

test('an address that asks for all gets the very list', () => {
  expect(filterServices(services, { sort: '-name' })).toBe(services);
});

test('filters narrow together', () => {
  expect(ids({ phase: 'bridged,migrated' })).toEqual(['sales/seats', 'crew/rosters']);
  expect(ids({ phase: 'bridged,migrated', namespace: 'crew' })).toEqual(['crew/rosters']);
  expect(ids({ findings: 'blocker' })).toEqual(['sales/flights']);
  expect(ids({ q: 'SAL fli' })).toEqual(['sales/flights']);
  expect(ids({ q: 'green' })).toEqual(['crew/rosters']);
  expect(ids({ owner: 'nobody' })).toEqual(['sales/flights']);
  expect(ids({ owner: 'Blue' })).toEqual(['sales/seats']);
  expect(ids({ phase: 'unheard-of' })).toEqual([]);
  expect(ids({ wave: '10' })).toEqual(['sales/seats']);
  expect(ids({ wave: '1' })).toEqual([]);
  expect(ids({ wave: 'none' })).toEqual(['sales/flights']);
  expect(ids({ overrides: 'some' })).toEqual(['sales/seats']);
});

test('the whole is counted by phase, with owners and blockers', () => {
  const whole = rollUp(services);
  expect([...whole.phases]).toEqual([
    ['bridged', 1],
    ['discovered', 1],
    ['migrated', 1],
  ]);
  expect(whole).toMatchObject({
    blocked: 1,
    overridden: 1,
    waves: ['9', '10', 'none'],
    namespaces: ['crew', 'sales'],
    owners: ['Blue', 'Green'],
    withoutOwner: 1,
  });
});

test('the list answers in a sentence', () => {
  expect(answerOf(rollUp(services), 3)).toBe('1 of 3 services are on Kong Mesh; blockers concern 1.');
  expect(answerOf(rollUp([service('a/b')]), 1)).toBe('0 of 1 service is on Kong Mesh; nothing blocks it.');
  expect(answerOf(rollUp([service('a/b', { phase: 'retired' })]), 1)).toBe('1 of 1 service is on Kong Mesh.');
  expect(answerOf(rollUp([service('a/b', { phase: 'retired' }), service('a/c')]), 2)).toBe(
    '1 of 2 services are on Kong Mesh; nothing blocks the others.',
  );
  expect(answerOf(rollUp([]), 0)).toBe('No service was found in this snapshot.');
});
