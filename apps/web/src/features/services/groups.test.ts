import type { Service } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { groupKeys, groupNameIn, groupTitle, inGroupOrder } from './groups.ts';

const service = (id: string, wave: number | null, owner = '') => ({ id, wave, owner }) as Service;
const services = [service('a', null), service('b', 10, 'Zoe'), service('c', 9), service('d', 10, 'Ann')];
const order = (by: Parameters<typeof inGroupOrder>[1]): string =>
  inGroupOrder(services, by)
    .map(({ id }) => id)
    .join('');

test('groups come by their numbers and names, and what is in none comes last', () => {
  expect(order('wave')).toBe('cbda');
  expect(order('owner')).toBe('dbac');
  expect(inGroupOrder(services, undefined)).toBe(services);
});

test('an address names what is grouped by, and headings say it', () => {
  expect(groupNameIn({ group: 'wave' })).toBe('wave');
  expect(groupNameIn({ group: 'nonsense' })).toBeUndefined();
  expect(services.map((one) => groupTitle('wave', groupKeys.wave(one)))).toEqual([
    'Stays in Istio',
    'Wave 10',
    'Wave 9',
    'Wave 10',
  ]);
  expect(groupTitle('owner', '')).toBe('Without an owner');
});
