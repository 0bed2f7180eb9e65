import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { accountToken } from './account-token.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(accountToken)).toEqual([]);
});
