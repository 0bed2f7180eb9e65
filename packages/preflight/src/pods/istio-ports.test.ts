import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { istioPorts } from './istio-ports.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(istioPorts)).toEqual([]);
});
