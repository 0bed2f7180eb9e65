import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { customTemplate } from './custom-template.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(customTemplate)).toEqual([]);
});
