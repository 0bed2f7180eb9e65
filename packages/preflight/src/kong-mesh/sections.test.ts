import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { sections } from './sections.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(sections)).toEqual([]);
});
