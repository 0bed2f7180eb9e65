import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { identityWithoutPermission } from './identity-without-permission.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(identityWithoutPermission)).toEqual([]);
});
