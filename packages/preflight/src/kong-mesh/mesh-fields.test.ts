import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { meshFields } from './mesh-fields.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(meshFields)).toEqual([]);
});
