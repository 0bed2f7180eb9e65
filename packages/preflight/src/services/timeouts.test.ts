import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { timeouts } from './timeouts.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(timeouts)).toEqual([]);
});
