import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { clusterNames } from './cluster-names.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(clusterNames)).toEqual([]);
});
