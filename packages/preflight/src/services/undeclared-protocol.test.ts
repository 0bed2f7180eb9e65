import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { undeclaredProtocol } from './undeclared-protocol.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(undeclaredProtocol)).toEqual([]);
});
