import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { sharedPort } from './shared-port.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(sharedPort)).toEqual([]);
});
