import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { identityPrefix } from './identity-prefix.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(identityPrefix)).toEqual([]);
});
