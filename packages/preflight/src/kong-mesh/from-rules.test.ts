import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { fromRules } from './from-rules.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(fromRules)).toEqual([]);
});
