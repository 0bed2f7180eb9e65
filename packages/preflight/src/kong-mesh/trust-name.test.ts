import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { trustName } from './trust-name.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(trustName)).toEqual([]);
});
