import type { PlanSettings } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { clashesOf, combined, valueInWords } from './conflicts.ts';

const base: PlanSettings = {
  order: 'callees-first',
  most: null,
  oneNamespace: false,
  excluded: ['a/out'],
  pinned: {},
  confidence: 0.6,
  arrangement: null,
  start: null,
  everyDays: 7,
  freezes: [],
  approvals: 1,
  topology: 'same-cluster',
  domain: 'bridge.internal',
  gatewayNamespace: 'kong',
  shift: [10, 50, 100],
  widened: [],
};
const baseWaves = [['a/x', 'a/y'], ['b/z']];

test('both values of a setting that two people changed are shown; what is the same by now is not', () => {
  const mine = { most: 5, approvals: 2, everyDays: 14 };
  const theirs = { ...base, most: 3, everyDays: 14 };
  expect(clashesOf({ base, theirs, mine, baseWaves, theirWaves: baseWaves })).toEqual([
    { what: 'Services per wave', theirs: '3', mine: '5', isMutual: true },
    { what: 'Approvals before traffic shifts', theirs: '1', mine: '2', isMutual: false },
  ]);
});

test('waves are compared service by service', () => {
  const mine = { arrangement: [['a/x'], ['a/y', 'b/z']] };
  const theirWaves = [['a/x'], ['b/z'], ['a/y']];
  const theirs = { ...base, arrangement: theirWaves };
  expect(clashesOf({ base, theirs, mine, baseWaves, theirWaves })).toEqual([
    { what: 'a/y', theirs: 'wave 3', mine: 'wave 2', isMutual: true },
  ]);
});

test('moves of two people are combined, so that nothing is lost', () => {
  const mine = { arrangement: [['a/x'], ['a/y', 'b/z']], excluded: ['a/out', 'a/mine'] };
  const theirWaves = [['a/x', 'a/y'], [], ['b/z']];
  const theirs = { ...base, arrangement: theirWaves, excluded: ['a/theirs'], most: 3 };
  expect(combined({ base, theirs, mine, baseWaves, theirWaves })).toEqual({
    arrangement: [['a/x'], ['a/y'], ['b/z']],
    excluded: ['a/mine', 'a/theirs'],
  });
});

test('who plans anew sees what would be lost', () => {
  const theirs = { ...base, arrangement: baseWaves };
  expect(clashesOf({ base, theirs, mine: { arrangement: null }, baseWaves, theirWaves: baseWaves })).toEqual([
    { what: 'Waves', theirs: '2 waves, arranged by hand', mine: 'as planned', isMutual: true },
  ]);
});

test('settings are said in words', () => {
  expect(valueInWords('shift', [10, 100])).toBe('10 %, 100 %');
  expect(valueInWords('pinned', { 'a/x': 2 })).toBe('a/x to wave 2');
  expect(valueInWords('freezes', [{ from: '2027-01-01', to: '2027-01-02', reason: 'sale' }])).toBe(
    '2027-01-01 to 2027-01-02 (sale)',
  );
  expect(valueInWords('excluded', [])).toBe('none');
});
