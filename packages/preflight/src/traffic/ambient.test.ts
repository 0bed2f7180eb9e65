import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { ambient } from './ambient.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(ambient)).toEqual([]);
});
