import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { serverFirst } from './server-first.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(serverFirst)).toEqual([]);
});
