import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { execProbe } from './exec-probe.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(execProbe)).toEqual([]);
});
