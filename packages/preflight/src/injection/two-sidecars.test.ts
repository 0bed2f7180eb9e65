import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { twoSidecars } from './two-sidecars.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(twoSidecars)).toEqual([]);
});
