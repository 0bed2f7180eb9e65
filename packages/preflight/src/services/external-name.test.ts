import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { externalName } from './external-name.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(externalName)).toEqual([]);
});
