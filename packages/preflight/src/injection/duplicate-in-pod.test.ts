import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { duplicateInPod } from './duplicate-in-pod.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(duplicateInPod)).toEqual([]);
});
