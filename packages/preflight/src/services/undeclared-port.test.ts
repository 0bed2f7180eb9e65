import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { undeclaredPort } from './undeclared-port.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(undeclaredPort)).toEqual([]);
});
