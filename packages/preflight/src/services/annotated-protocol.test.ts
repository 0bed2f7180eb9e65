import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { annotatedProtocol } from './annotated-protocol.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(annotatedProtocol)).toEqual([]);
});
