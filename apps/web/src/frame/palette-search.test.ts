import { expect, test } from 'vitest';
import { type Entry, find, scoreOf, serviceText } from './palette-search.ts';

const entry = (title: string): Entry => ({
  id: title,
  group: 'Services',
  title,
  hint: '',
  text: title.toLowerCase(),
});

test('all words must be there; beginnings count more', () => {
  expect(scoreOf('seats sales/seats', ['seats', 'sales'])).toBeGreaterThan(0);
  expect(scoreOf('seats sales/seats', ['seats', 'crew'])).toBe(0);
  expect(scoreOf('seats', ['seat'])).toBeGreaterThan(scoreOf('my-seats', ['seat']));
  expect(scoreOf('my-seats', ['seat'])).toBeGreaterThan(scoreOf('myseats', ['seat']));
});

test('the best come first, and no more than are wanted', () => {
  const entries = ['unseats', 'flight-seats', 'seats', 'crew'].map(entry);
  expect(find(entries, 'SEATS', 2).map(({ title }) => title)).toEqual(['seats', 'flight-seats']);
  expect(find(entries, ' ', 2).map(({ title }) => title)).toEqual(['unseats', 'flight-seats']);
  expect(find(entries, '(', 5)).toEqual([]);
});

test('services are found by name, namespace and owner', () => {
  expect(serviceText({ namespace: 'sales', name: 'seats', owner: 'Team Blue' })).toBe('seats sales/seats team blue');
});
