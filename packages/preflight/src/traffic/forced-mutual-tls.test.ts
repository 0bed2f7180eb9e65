import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { forcedMutualTls } from './forced-mutual-tls.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(forcedMutualTls)).toEqual([]);
});
