import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { certificates } from './certificates.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(certificates)).toEqual([]);
});
