import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { hostNetwork } from './host-network.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(hostNetwork)).toEqual([]);
});
