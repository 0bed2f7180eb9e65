import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { referenceGrants } from './reference-grants.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(referenceGrants)).toEqual([]);
});
