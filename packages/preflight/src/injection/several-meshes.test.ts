import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { severalMeshes } from './several-meshes.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(severalMeshes)).toEqual([]);
});
