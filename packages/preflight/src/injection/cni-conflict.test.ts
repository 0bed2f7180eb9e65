import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { cniConflict } from './cni-conflict.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(cniConflict)).toEqual([]);
});
