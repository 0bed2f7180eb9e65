import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { sharedAddress } from './shared-address.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(sharedAddress)).toEqual([]);
});
