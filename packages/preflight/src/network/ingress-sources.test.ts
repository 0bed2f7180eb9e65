import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { ingressSources } from './ingress-sources.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(ingressSources)).toEqual([]);
});
