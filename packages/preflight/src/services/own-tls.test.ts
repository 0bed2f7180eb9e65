import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { ownTls } from './own-tls.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(ownTls)).toEqual([]);
});
