import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { names } from './names.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(names)).toEqual([]);
});
