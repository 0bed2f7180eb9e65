import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { waitsForIstio } from './waits-for-istio.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(waitsForIstio)).toEqual([]);
});
