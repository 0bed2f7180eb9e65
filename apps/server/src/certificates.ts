import { X509Certificate } from 'node:crypto';
import type { CertificateFacts } from '@isthmus/migration';

/** Reads one certificate in PEM; undefined where it is none. */
export function parseCertificate(pem: string): CertificateFacts | undefined {
  try {
    const certificate = new X509Certificate(pem);
    return {
      subject: certificate.subject.replaceAll('\n', ', '),
      issuer: certificate.issuer.replaceAll('\n', ', '),
      serial: certificate.serialNumber,
      notBefore: certificate.validFromDate.toISOString(),
      notAfter: certificate.validToDate.toISOString(),
      fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
      isAuthority: certificate.ca,
      keyType: certificate.publicKey.asymmetricKeyType ?? 'unknown',
    };
  } catch {
    return undefined;
  }
}
