import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { leftOutOfNamespace } from './left-out-of-namespace.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(leftOutOfNamespace)).toEqual([]);
});
