import { expect, test } from 'vitest';
import { safeNext } from './page.tsx';

test.each([
  ['/migrations/1?sort=-name', '/migrations/1?sort=-name'],
  [undefined, '/'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
])('after signing in %s leads to %s', (next, to) => expect(safeNext(next)).toBe(to));
