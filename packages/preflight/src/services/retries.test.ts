import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { retries } from './retries.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(retries)).toEqual([]);
});
