import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { zoneEgress } from './zone-egress.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(zoneEgress)).toEqual([]);
});
