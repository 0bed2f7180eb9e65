import { expect, test } from 'vitest';
import { exampleFaults } from '../example.test-support.ts';
import { forwardedCertificate } from './forwarded-certificate.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(forwardedCertificate)).toEqual([]);
});
