import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { noSelector } from './no-selector.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(noSelector)).toEqual([]);
});
