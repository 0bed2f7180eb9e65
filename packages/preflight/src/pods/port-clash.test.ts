import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { portClash } from './port-clash.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(portClash)).toEqual([]);
});
