import { expect, test } from 'vitest';
import { type CertificateFacts, readCertificates, validityOf } from '../index.ts';

const block = (text: string): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(text).toString('base64')}\n-----END CERTIFICATE-----`;

/** Stands in for X.509: what a block holds is the name of an authority. */
function parse(pem: string): CertificateFacts | undefined {
  const name = Buffer.from(pem.replace(/-----[A-Z ]+-----/g, ''), 'base64').toString();
  if (name === 'broken') return undefined;
  return {
    subject: `CN=${name}`,
    issuer: 'CN=root',
    serial: '01',
    notBefore: '2026-01-01T00:00:00.000Z',
    notAfter: '2027-01-01T00:00:00.000Z',
    fingerprint: name,
    isAuthority: name !== 'leaf',
    keyType: 'ec',
  };
}

test('every authority of a text is read once, whatever stands around it', () => {
  const read = readCertificates(`# roots\r\n${block('a')}\r\n${block('b')}\n${block('a')}\n`, parse);
  expect('certificates' in read && read.certificates.map(({ subject }) => subject)).toEqual(['CN=a', 'CN=b']);
  expect('certificates' in read && read.certificates[0]?.pem).toBe(`${block('a')}\n`);
});

test.each([
  ['a private key beside the certificate', `${block('a')}\n-----BEGIN PRIVATE KEY-----\nxx\n`, 'private-key'],
  ['an encrypted private key', '-----BEGIN ENCRYPTED PRIVATE KEY-----\n', 'private-key'],
  ['a key of EC', '-----BEGIN EC PRIVATE KEY-----\n', 'private-key'],
  ['no certificate', 'hello', 'no-certificate'],
  ['a block that is none', block('broken'), 'unreadable'],
  ['a certificate that may not sign', `${block('a')}\n${block('leaf')}`, 'no-authority'],
  ['more than anybody has', Array.from({ length: 21 }, (_, index) => block(`${index}`)).join('\n'), 'too-many'],
])('%s is refused', (_, text, refused) => {
  expect(readCertificates(text, parse)).toMatchObject({ refused, reason: expect.stringMatching(/\.$/) });
});

test.each([
  ['2026-06-01T00:00:00Z', 'valid'],
  ['2026-12-15T00:00:00Z', 'expires-soon'],
  ['2027-01-01T00:00:00Z', 'expired'],
  ['2025-12-31T00:00:00Z', 'not-yet'],
])('on %s a certificate of 2026 is %s', (at, validity) => {
  expect(validityOf({ notBefore: '2026-01-01T00:00:00Z', notAfter: '2027-01-01T00:00:00Z' }, at)).toBe(validity);
});
