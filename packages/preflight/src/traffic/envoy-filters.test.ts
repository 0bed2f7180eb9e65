import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { envoyFilters } from './envoy-filters.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(envoyFilters)).toEqual([]);
});
