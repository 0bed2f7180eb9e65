import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { mixedSplit } from './mixed-split.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(mixedSplit)).toEqual([]);
});
