import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { datagrams } from './datagrams.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(datagrams)).toEqual([]);
});
