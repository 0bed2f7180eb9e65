import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { jobs } from './jobs.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(jobs)).toEqual([]);
});
