import { expect, test } from 'vitest';
import { type Entry, find, type Source, scoreOf, serviceText } from './find.ts';

const source = (isShownAtFirst: boolean, ...titles: string[]): Source<Entry> => ({
  texts: titles.map((title) => title.toLowerCase()),
  entry: (index) => ({ group: 'Services', title: titles[index] ?? '', hint: '' }),
  isShownAtFirst,
});

test('all words must be there; beginnings count more', () => {
  expect(scoreOf('seats sales/seats', ['seats', 'sales'])).toBeGreaterThan(0);
  expect(scoreOf('seats sales/seats', ['seats', 'crew'])).toBe(0);
  expect(scoreOf('seats', ['seat'])).toBeGreaterThan(scoreOf('my-seats', ['seat']));
  expect(scoreOf('my-seats', ['seat'])).toBeGreaterThan(scoreOf('myseats', ['seat']));
});

test('the best of all sources come first, and no more than are wanted', () => {
  const sources = [source(false, 'unseats', 'flight-seats'), source(true, 'Seats', 'crew', 'crews')];
  expect(find(sources, 'SEATS', 2).map(({ title }) => title)).toEqual(['Seats', 'flight-seats']);
  expect(find(sources, ' ', 2).map(({ title }) => title)).toEqual(['Seats', 'crew']);
  expect(find(sources, '(', 5)).toEqual([]);
});

test('matches of a source that stands behind come after those that are as good, and before those that are worse', () => {
  const behind = { ...source(false, 'crew'), isBehind: true };
  const titles = find([behind, source(false, 'crew of the day', 'aircrew')], 'crew', 5).map(({ title }) => title);
  expect(titles).toEqual(['crew of the day', 'crew', 'aircrew']);
});

test('services are found by name, namespace and owner', () => {
  expect(serviceText({ namespace: 'sales', name: 'seats', owner: 'Team Blue' })).toBe('seats sales/seats team blue');
});
