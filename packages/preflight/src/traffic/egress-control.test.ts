import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { egressControl } from './egress-control.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(egressControl)).toEqual([]);
});
