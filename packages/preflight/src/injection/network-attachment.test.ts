import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { networkAttachment } from './network-attachment.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(networkAttachment)).toEqual([]);
});
