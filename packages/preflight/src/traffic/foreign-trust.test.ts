import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { foreignTrust } from './foreign-trust.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(foreignTrust)).toEqual([]);
});
