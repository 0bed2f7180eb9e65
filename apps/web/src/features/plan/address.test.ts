import { expect, test } from 'vitest';
import { choiceOf, choose, readPlanQuery } from './address.ts';

test('the address says what the plan keeps to; what it says wrongly is left out', () => {
  expect(readPlanQuery({})).toEqual({});
  expect(
    readPlanQuery({
      order: 'callers-first',
      most: '5',
      namespaces: 'one',
      confidence: '0.9',
      excluded: 'n/b,n/a',
      pinned: 'n/c=2',
    }),
  ).toEqual({
    order: 'callers-first',
    most: 5,
    oneNamespace: true,
    confidence: 0.9,
    excluded: 'n/a,n/b',
    pinned: 'n/c=2',
  });
  expect(
    readPlanQuery({ order: 'x', most: '-1', namespaces: 'x', confidence: 'x', excluded: 'x', pinned: 'n/a,n/a=0,=1' }),
  ).toEqual({});
});

test('a service has one choice at a time', () => {
  const pinned = choose({ excluded: 'n/b' }, 'n/a', '2');
  expect(pinned).toEqual({ excluded: 'n/b', pinned: 'n/a=2' });
  const stays = choose(pinned, 'n/a', 'stays');
  expect(stays).toEqual({ excluded: 'n/a,n/b', pinned: undefined });
  expect([choiceOf(pinned, 'n/a'), choiceOf(stays, 'n/a'), choiceOf(stays, 'n/c')]).toEqual(['2', 'stays', '']);
  expect(choose(stays, 'n/a', '')).toEqual({ excluded: 'n/b', pinned: undefined });
});
