import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { namedTargetPort } from './named-target-port.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(namedTargetPort)).toEqual([]);
});
