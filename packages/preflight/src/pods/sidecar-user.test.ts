import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { sidecarUser } from './sidecar-user.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(sidecarUser)).toEqual([]);
});
