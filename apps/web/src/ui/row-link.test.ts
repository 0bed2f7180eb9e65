import { expect, test } from 'vitest';
import { hrefOf } from './row-link.tsx';

test('names in an address are encoded, its own characters are not', () => {
  expect(hrefOf`/migrations/${'m'}/services/${'a/b'}/${'c?d'}`).toBe('/migrations/m/services/a%2Fb/c%3Fd');
  expect(hrefOf`/migrations/${'m'}/workbench?resource=${7}`).toBe('/migrations/m/workbench?resource=7');
  expect(hrefOf`/guide`).toBe('/guide');
});
