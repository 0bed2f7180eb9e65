import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { virtualInterfaces } from './virtual-interfaces.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(virtualInterfaces)).toEqual([]);
});
