import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { initContainerCalls } from './init-container-calls.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(initContainerCalls)).toEqual([]);
});
