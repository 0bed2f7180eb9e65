import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { proxylessGrpc } from './proxyless-grpc.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(proxylessGrpc)).toEqual([]);
});
