import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatPath, parsePath } from './path.ts';

test('the notation of the report', () => {
  expect(formatPath(['spec', 'http', 0, 'match', 1, 'uri', 'prefix'])).toBe('spec.http[0].match[1].uri.prefix');
  expect(formatPath(['metadata', 'annotations', 'networking.istio.io/exportTo'])).toBe(
    'metadata.annotations["networking.istio.io/exportTo"]',
  );
});

test('a path is read back to its steps', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(), fc.string({ unit: 'grapheme' }))), (steps) => {
      expect(parsePath(formatPath(steps))).toEqual(steps);
    }),
  );
});

test.each(['a..b', 'a[', 'a[x]', '["a]', 'a b'])('%s is no path', (path) => expect(parsePath(path)).toBeUndefined());
