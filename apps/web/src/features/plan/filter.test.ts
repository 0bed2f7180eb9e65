import type { Call, Plan } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { crossingAfter, filterCalls, wavesOf } from './filter.ts';

const call = (from: string, to: string, counts = true, kind: Call['evidence'][number]['kind'] = 'route'): Call => ({
  from,
  to,
  confidence: counts ? 0.9 : 0.4,
  counts,
  evidence: [{ kind, confidence: 0.9, detail: `names ${to}`, file: 'mesh.yaml' }],
  total: 1,
});
const calls = [
  call('n/a', 'n/b'),
  call('n/b', 'n/c', true, 'principal'),
  call('n/c', 'n/a', false),
  call('n/a', 'n/db'),
];
const wave = (number: number, id: string): Plan['waves'][number] => ({
  number,
  services: 1,
  namespaces: ['n'],
  groups: [{ services: [id], circle: [], workloads: [] }],
  crossing: { toKong: 0, toIstio: 0, total: 0 },
});
const plan = {
  calls,
  waves: [wave(1, 'n/c'), wave(2, 'n/b'), wave(3, 'n/a')],
  excluded: [{ service: 'n/db', calls: 1 }],
};
const ends = (list: readonly Call[]) => list.map(({ from, to }) => `${from} ${to}`);

test('filters narrow together', () => {
  expect(ends(filterCalls(calls, {}))).toEqual(['n/a n/b', 'n/b n/c', 'n/a n/db', 'n/c n/a']);
  expect(ends(filterCalls(calls, { service: 'n/b' }))).toEqual(['n/a n/b', 'n/b n/c']);
  expect(ends(filterCalls(calls, { service: 'n/b', kind: 'principal' }))).toEqual(['n/b n/c']);
  expect(ends(filterCalls(calls, { strength: 'weak' }))).toEqual(['n/c n/a']);
  expect(ends(filterCalls(calls, { q: 'NAMES n/db mesh' }))).toEqual(['n/a n/db']);
});

test('calls cross while their ends stand in different meshes; what stays has them for good', () => {
  const waveOf = wavesOf(plan);
  expect(ends(crossingAfter(plan, waveOf, 1))).toEqual(['n/b n/c']);
  expect(ends(crossingAfter(plan, waveOf, 2))).toEqual(['n/a n/b']);
  expect(ends(crossingAfter(plan, waveOf, 3))).toEqual(['n/a n/db']);
});
