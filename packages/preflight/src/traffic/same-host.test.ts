import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { sameHost } from './same-host.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(sameHost)).toEqual([]);
});
