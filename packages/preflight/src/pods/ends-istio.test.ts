import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { endsIstio } from './ends-istio.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(endsIstio)).toEqual([]);
});
