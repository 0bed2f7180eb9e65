import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { strictServer } from './strict-server.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(strictServer)).toEqual([]);
});
