import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { strictTarget } from './strict-target.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(strictTarget)).toEqual([]);
});
