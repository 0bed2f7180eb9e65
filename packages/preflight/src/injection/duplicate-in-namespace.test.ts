import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { duplicateInNamespace } from './duplicate-in-namespace.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(duplicateInNamespace)).toEqual([]);
});
