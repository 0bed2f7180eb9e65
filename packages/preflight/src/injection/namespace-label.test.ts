import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { namespaceLabel } from './namespace-label.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(namespaceLabel)).toEqual([]);
});
