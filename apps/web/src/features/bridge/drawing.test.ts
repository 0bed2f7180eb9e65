import { expect, test } from 'vitest';
import { fitting, sizeOf, zoomed } from './drawing.ts';

test('the size is that of the view box', () => {
  expect(sizeOf('0 0 1200.5 300')).toEqual({ width: 1200.5, height: 300 });
  expect(sizeOf('-8,-8,10,20')).toEqual({ width: 10, height: 20 });
  for (const broken of [null, '', '0 0 0 0', '0 0 a b']) expect(sizeOf(broken)).toEqual({ width: 800, height: 600 });
});

test('zooming goes by steps from wherever one is, and stops at the ends', () => {
  expect(zoomed(1, 1)).toBe(1.25);
  expect(zoomed(1, -1)).toBe(0.85);
  expect(zoomed(0.42, 1)).toBe(0.5);
  expect(zoomed(0.42, -1)).toBe(0.35);
  expect(zoomed(4, 1)).toBe(4);
  expect(zoomed(0.1, -1)).toBe(0.1);
});

test('a drawing fits its room and is not blown up', () => {
  expect(fitting({ width: 2000, height: 500 }, { width: 1000, height: 1000 })).toBe(0.5);
  expect(fitting({ width: 200, height: 100 }, { width: 1000, height: 1000 })).toBe(1);
  expect(fitting({ width: 200, height: 100 }, { width: 0, height: 0 })).toBe(1);
});
