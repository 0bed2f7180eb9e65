import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { includedTraffic } from './included-traffic.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(includedTraffic)).toEqual([]);
});
