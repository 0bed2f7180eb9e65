import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { podSecurity } from './pod-security.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(podSecurity)).toEqual([]);
});
