import { describe, expect, test } from 'vitest';
import { between, logarithmic, size, spread, ticksTo } from './chart.ts';

test('an axis begins at zero and ends with a round number that nothing exceeds', () => {
  expect(ticksTo(119_148)).toEqual([0, 50_000, 100_000, 150_000]);
  expect(ticksTo(4)).toEqual([0, 1, 2, 3, 4]);
  expect(ticksTo(0)).toEqual([0, 1]);
  expect(ticksTo(Number.NaN)).toEqual([0, 1]);
  for (const most of [1, 7, 99, 1001, 51_800_000]) expect(ticksTo(most).at(-1)).toBeGreaterThanOrEqual(most);
});

test('ten times as much is the same step everywhere on a logarithmic axis', () => {
  const at = (value: number) => logarithmic(value, [10, 10_000]);
  expect([at(10), at(100), at(1000), at(10_000)].map((place) => Math.round(place * 300))).toEqual([0, 100, 200, 300]);
});

test('what is straight by the numbers is bent by the axis', () => {
  const points = between(
    [
      [10, 10],
      [1000, 1000],
    ],
    2,
  ).map(([x, y]) => [Math.round(x), Math.round(y)]);
  expect(points).toEqual([
    [10, 10],
    [100, 100],
    [1000, 1000],
  ]);
  expect(between([], 4)).toEqual([]);
});

describe('labels', () => {
  test('stay where they do not meet', () => expect(spread([10, 40, 80], 16, [0, 100])).toEqual([10, 40, 80]));

  test('move apart, within the chart and in their order', () => {
    expect(spread([90, 91, 92], 16, [0, 100])).toEqual([68, 84, 100]);
    expect(spread([92, 5, 90], 16, [0, 100])).toEqual([100, 5, 84]);
    expect(spread([0, 0], 16, [0, 100])).toEqual([0, 16]);
  });
});

test('sizes have three figures and a unit', () => {
  expect([0, 999, 1000, 96_344, 5_173_885, 5_173_885_000].map(size)).toEqual([
    '0 B',
    '999 B',
    '1 kB',
    '96.3 kB',
    '5.17 MB',
    '5.17 GB',
  ]);
});
