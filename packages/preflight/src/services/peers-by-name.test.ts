import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { peersByName } from './peers-by-name.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(peersByName)).toEqual([]);
});
