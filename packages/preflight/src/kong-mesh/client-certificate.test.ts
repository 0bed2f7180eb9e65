import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { clientCertificate } from './client-certificate.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(clientCertificate)).toEqual([]);
});
