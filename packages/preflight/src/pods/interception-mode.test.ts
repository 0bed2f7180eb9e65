import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { interceptionMode } from './interception-mode.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(interceptionMode)).toEqual([]);
});
