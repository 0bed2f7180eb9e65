import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { gatewayClass } from './gateway-class.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(gatewayClass)).toEqual([]);
});
