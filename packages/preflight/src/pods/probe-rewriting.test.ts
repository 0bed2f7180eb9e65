import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { probeRewriting } from './probe-rewriting.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(probeRewriting)).toEqual([]);
});
