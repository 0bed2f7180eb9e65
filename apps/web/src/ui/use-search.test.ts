import { expect, test } from 'vitest';
import { stillToCome } from './use-search.ts';

test('what was written comes back late and changes nothing', () => {
  expect(stillToCome(['', 'a', 'b'], 'a')).toEqual(['a', 'b']);
  expect(stillToCome(['a', 'b'], 'b')).toEqual(['b']);
});

test('an address that is never come to, since the next one took its place, is passed over', () => {
  expect(stillToCome(['x', 'a', 'b'], 'b')).toEqual(['b']);
});

test('what comes from elsewhere is told apart', () => {
  expect(stillToCome(['b'], 'a')).toBeUndefined();
});
