import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { multicluster } from './multicluster.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(multicluster)).toEqual([]);
});
