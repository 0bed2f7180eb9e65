import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { machines } from './machines.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(machines)).toEqual([]);
});
