import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { unknownProtocol } from './unknown-protocol.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(unknownProtocol)).toEqual([]);
});
