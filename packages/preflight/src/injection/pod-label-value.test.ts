import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { podLabelValue } from './pod-label-value.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(podLabelValue)).toEqual([]);
});
