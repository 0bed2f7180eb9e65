import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { egressToControlPlane } from './egress-to-control-plane.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(egressToControlPlane)).toEqual([]);
});
