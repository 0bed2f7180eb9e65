import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { namedReferences } from './references.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(namedReferences)).toEqual([]);
});
