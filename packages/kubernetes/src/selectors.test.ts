import { expect, test } from 'vitest';
import { type LabelRequirement, matchesSelector } from './selectors.ts';

const labels = { app: 'reviews', version: 'v1' };

test.each<[string, LabelRequirement[], boolean]>([
  ['In', [{ key: 'version', operator: 'In', values: ['v1', 'v2'] }], true],
  ['In, another value', [{ key: 'version', operator: 'In', values: ['v2'] }], false],
  ['In, no label', [{ key: 'tier', operator: 'In', values: ['x'] }], false],
  ['NotIn', [{ key: 'version', operator: 'NotIn', values: ['v1'] }], false],
  ['NotIn, no label', [{ key: 'tier', operator: 'NotIn', values: ['x'] }], true],
  ['Exists', [{ key: 'app', operator: 'Exists' }], true],
  ['Exists, a name of Object.prototype', [{ key: 'constructor', operator: 'Exists' }], false],
  ['DoesNotExist', [{ key: 'app', operator: 'DoesNotExist' }], false],
  [
    'all must hold',
    [
      { key: 'app', operator: 'Exists' },
      { key: 'tier', operator: 'Exists' },
    ],
    false,
  ],
  ['an unknown operator', [{ key: 'app', operator: 'Gt' as 'In', values: ['1'] }], false],
])('%s', (_, matchExpressions, expected) => {
  expect(matchesSelector({ matchExpressions }, labels)).toBe(expected);
});

test('labels must be equal, and the empty selector selects everything', () => {
  expect(matchesSelector({ matchLabels: { app: 'reviews' } }, labels)).toBe(true);
  expect(matchesSelector({ matchLabels: { app: 'ratings' } }, labels)).toBe(false);
  expect(
    matchesSelector(
      { matchLabels: { app: 'reviews' }, matchExpressions: [{ key: 'version', operator: 'DoesNotExist' }] },
      labels,
    ),
  ).toBe(false);
  expect(matchesSelector({}, labels)).toBe(true);
});
