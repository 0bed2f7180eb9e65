import { expect, test } from 'vitest';
import { alike } from './alike.ts';

test('where a thing was written makes no difference', () => {
  expect(alike({ weight: 1, from: ['a'] }, { weight: 1, from: ['b', 'c'] })).toBe(true);
  expect(alike({ path: '/', pathFrom: [1] }, { path: '/' })).toBe(true);
  expect(alike({ kind: 'refuse', cause: 'x' }, { kind: 'refuse', cause: 'y' })).toBe(true);
});

test('what is absent is what is undefined', () => {
  expect(alike({ a: 1, b: undefined }, { a: 1 })).toBe(true);
  expect(alike({ a: 1 }, { a: 1, b: undefined })).toBe(true);
  expect(alike({ a: 1 }, { a: 1, b: 2 })).toBe(false);
  expect(alike({ a: 1, b: 2 }, { a: 1 })).toBe(false);
  expect(alike(undefined, {})).toBe(false);
});

test('lists are compared in their order, with all they hold', () => {
  expect(alike([{ name: 'a' }, 2], [{ name: 'a' }, 2])).toBe(true);
  expect(alike([1, 2], [2, 1])).toBe(false);
  expect(alike([1], [1, 2])).toBe(false);
  expect(alike([], {})).toBe(false);
  expect(alike({}, [])).toBe(false);
});
