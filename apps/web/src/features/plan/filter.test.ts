import type { Call } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { crossingAfter, filterCalls } from './filter.ts';

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
const ends = (list: readonly Call[]) => list.map(({ from, to }) => `${from} ${to}`);

test('filters narrow together', () => {
  expect(ends(filterCalls(calls, {}))).toEqual(['n/a n/b', 'n/b n/c', 'n/a n/db', 'n/c n/a']);
  expect(ends(filterCalls(calls, { service: 'n/b' }))).toEqual(['n/a n/b', 'n/b n/c']);
  expect(ends(filterCalls(calls, { service: 'n/b', kind: 'principal' }))).toEqual(['n/b n/c']);
  expect(ends(filterCalls(calls, { strength: 'weak' }))).toEqual(['n/c n/a']);
  expect(ends(filterCalls(calls, { q: 'NAMES n/db mesh' }))).toEqual(['n/a n/db']);
});

test('calls cross while their ends stand in different meshes; what stays has them for good', () => {
  const waveOf = new Map([
    ['n/c', 1],
    ['n/b', 2],
    ['n/a', 3],
  ]);
  const after = (wave: number) => ends(crossingAfter(calls, waveOf, ['n/db'], wave));
  expect(after(1)).toEqual(['n/b n/c']);
  expect(after(2)).toEqual(['n/a n/b']);
  expect(after(3)).toEqual(['n/a n/db']);
});
