import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { dnsOverlap } from './dns-overlap.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(dnsOverlap)).toEqual([]);
});
