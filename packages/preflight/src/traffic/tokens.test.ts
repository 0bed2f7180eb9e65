import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { tokens } from './tokens.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(tokens)).toEqual([]);
});
