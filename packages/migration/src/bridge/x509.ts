import type { CertificateFacts } from './certificates.ts';

/** A certificate as Node's `crypto` reads it. */
interface X509 {
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  readonly validFromDate: Date;
  readonly validToDate: Date;
  readonly fingerprint256: string;
  readonly ca: boolean;
  readonly publicKey: { readonly asymmetricKeyType?: string | undefined };
}

/**
 * A reader of certificates in PEM; undefined where a text is none.
 * @param parser the class `X509Certificate` of `node:crypto`, which packages do not import themselves
 */
export function x509Reader(parser: new (pem: string) => X509): (pem: string) => CertificateFacts | undefined {
  return (pem) => {
    try {
      const found = new parser(pem);
      return {
        subject: found.subject.replaceAll('\n', ', '),
        issuer: found.issuer.replaceAll('\n', ', '),
        serial: found.serialNumber,
        notBefore: found.validFromDate.toISOString(),
        notAfter: found.validToDate.toISOString(),
        fingerprint: found.fingerprint256.replaceAll(':', '').toLowerCase(),
        isAuthority: found.ca,
        keyType: found.publicKey.asymmetricKeyType ?? 'unknown',
      };
    } catch {
      return undefined;
    }
  };
}
