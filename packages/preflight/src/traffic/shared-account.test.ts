import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { sharedAccount } from './shared-account.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(sharedAccount)).toEqual([]);
});
