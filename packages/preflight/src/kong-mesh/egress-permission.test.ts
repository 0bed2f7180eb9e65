import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { egressPermission } from './egress-permission.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(egressPermission)).toEqual([]);
});
