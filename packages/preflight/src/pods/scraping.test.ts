import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { scraping } from './scraping.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(scraping)).toEqual([]);
});
