import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { istioUser } from './istio-user.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(istioUser)).toEqual([]);
});
