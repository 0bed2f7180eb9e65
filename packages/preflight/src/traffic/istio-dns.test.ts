import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { istioDns } from './istio-dns.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(istioDns)).toEqual([]);
});
