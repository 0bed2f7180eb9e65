import { expect, test } from 'vitest';
import { backOff } from './timing.ts';

test('pauses double up to half a minute, and lie between half and the whole of that', () => {
  const least = [1, 2, 3, 4, 20].map((failures) => backOff(failures, () => 0));
  const most = [1, 2, 3, 4, 20].map((failures) => backOff(failures, () => 1));
  expect(least).toEqual([100, 200, 400, 800, 15_000]);
  expect(most).toEqual([200, 400, 800, 1600, 30_000]);
});

test('what the server asks for is kept, within reason', () => {
  expect(backOff(1, () => 0, 5000)).toBe(5000);
  expect(backOff(1, () => 0, 3_600_000)).toBe(30_000);
});
