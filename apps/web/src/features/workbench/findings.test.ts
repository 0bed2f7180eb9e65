import type { PlacedDiagnostic } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { listFindings, nearest, shownFindings, step } from './findings.ts';

const finding = (severity: 'blocker' | 'warning', line?: number, document?: number): PlacedDiagnostic => ({
  ...(document === undefined ? {} : { document }),
  diagnostic: { code: 'ISTHMUS-TR-001', severity, message: 'm', help: 'h', ...(line === undefined ? {} : { line }) },
});
const source = {
  text: '',
  sections: [
    { document: 0, heading: 1, lastLine: 10 },
    { document: 2, heading: 11, lastLine: 20 },
  ],
};
const list = listFindings(
  [
    finding('blocker', 7),
    finding('warning', 3, 2),
    finding('warning', 4, 0),
    finding('blocker', 4, 0),
    finding('warning', 500, 0),
    finding('warning', 2, 1),
  ],
  source,
);

test('accepted findings are left out unless they are asked for, or open', () => {
  const accepted = { reason: 'r', by: 'Ann', at: '' };
  const some = list.map((one, position) =>
    position < 2 ? { ...one, finding: { diagnostic: { ...one.finding.diagnostic, accepted } } } : one,
  );
  const shown = (isAcceptedShown: boolean, open?: number) =>
    shownFindings(some, { isAcceptedShown, open }).map(({ index }) => index);
  const all = list.map(({ index }) => index);
  expect(shown(true)).toEqual(all);
  expect(shown(false)).toEqual(all.slice(2));
  expect(shown(false, all[1])).toEqual(all.slice(1));
});

test('findings stand as their lines do, blockers first; those without a shown document come last', () => {
  expect(list.map(({ index, line }) => [index, line])).toEqual([
    [3, 5],
    [2, 5],
    [4, 10],
    [1, 14],
    [0, undefined],
    [5, undefined],
  ]);
});

test('the list follows the cursor to the finding on its line or the next one', () => {
  expect([1, 5, 6, 14, 15, 99].map((line) => nearest(list, line))).toEqual([0, 0, 2, 3, 4, 4]);
  expect(nearest([], 1)).toBe(-1);
});

test('n and p walk through all of them and round the ends', () => {
  const walk = [0, 1, 2, 3, 4, 5].map((open) => step(list, { open, line: 1 }, 1));
  expect(walk).toEqual([1, 2, 3, 4, 5, 0]);
  expect(step(list, { open: 0, line: 1 }, -1)).toBe(5);
  expect(step(list, { line: 6 }, 1)).toBe(2);
  expect(step(list, { line: 6 }, -1)).toBe(1);
  expect(step(list, { line: 1 }, -1)).toBe(5);
  expect(step([], { line: 1 }, 1)).toBe(-1);
});
