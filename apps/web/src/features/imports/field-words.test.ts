import { expect, test } from 'vitest';
import { fromWords, placesOf } from './field-words.ts';

test('places say what happened to them, unless a value is simply another one', () => {
  expect(
    placesOf([
      { change: 'added', path: 'spec.http[0]' },
      { change: 'changed', path: 'spec.http[2].timeout', from: 'spec.http[1].timeout' },
      { change: 'moved', path: 'spec.http[3]', from: 'spec.http[5]' },
      { change: 'removed', path: 'spec.hosts[1]' },
    ]),
  ).toBe('spec.http[0] added, spec.http[2].timeout, spec.http[3] moved, spec.hosts[1] removed');
});

test('beside a path stands where the older side has it', () => {
  expect(fromWords({ change: 'changed', path: 'a' })).toBeUndefined();
  expect(fromWords({ change: 'changed', path: 'a[1]', from: 'a[0]' })).toBe('was a[0]');
  expect(fromWords({ change: 'moved', path: 'a[1]', from: 'a[0]' })).toContain('moved from a[0]');
  // Moved to the same number: what stood around it came and went.
  expect(fromWords({ change: 'moved', path: 'a[1]' })).toContain('moved from a[1]');
  expect(fromWords({ change: 'removed', path: 'a[1]' })).toContain('older side');
});
