import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { sidecarResources } from './sidecar-resources.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(sidecarResources)).toEqual([]);
});
