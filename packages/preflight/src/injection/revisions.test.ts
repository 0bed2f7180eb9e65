import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { revisions } from './revisions.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(revisions)).toEqual([]);
});
