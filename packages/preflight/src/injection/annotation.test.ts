import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { annotation } from './annotation.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(annotation)).toEqual([]);
});
