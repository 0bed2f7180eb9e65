import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { headless } from './headless.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(headless)).toEqual([]);
});
