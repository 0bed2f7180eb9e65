import { expect, test } from 'vitest';
import { isMissingPart } from './missing-part.ts';

test('parts that could not be loaded are told from failures of the app, in each browser', () => {
  for (const message of [
    'Failed to fetch dynamically imported module: http://127.0.0.1:8420/assets/page-x.js',
    'error loading dynamically imported module: http://127.0.0.1:8420/assets/page-x.js',
    'Importing a module script failed.',
    'Unable to preload CSS for /assets/page-x.css',
  ])
    expect(isMissingPart(new TypeError(message)), message).toBe(true);
  expect(isMissingPart(new TypeError("Cannot read properties of undefined (reading 'id')"))).toBe(false);
  expect(isMissingPart('Importing a module script failed.')).toBe(false);
});
