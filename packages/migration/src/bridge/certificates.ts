/** What a certificate says, as whoever parses X.509 reads it. Times are ISO 8601. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  readonly notBefore: string;
  readonly notAfter: string;
  /** SHA-256 of the DER form, in hexadecimal. */
  readonly fingerprint: string;
  /** Basic constraint CA. */
  readonly isAuthority: boolean;
  /** `rsa`, `ec`, … */
  readonly keyType: string;
}

/** One certificate of a text. */
export interface Certificate extends CertificateFacts {
  /** The block as PEM, with `\n` at its end. */
  readonly pem: string;
}

export type CertificateRefusal = 'private-key' | 'no-certificate' | 'unreadable' | 'no-authority' | 'too-many';

export type Certificates =
  | { readonly certificates: readonly Certificate[] }
  | { readonly refused: CertificateRefusal; readonly reason: string };

const block = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const most = 20;

const refuse = (refused: CertificateRefusal, reason: string): Certificates => ({ refused, reason });

/**
 * Reads the certificates of authorities from a text of PEM blocks. Refused are private keys, whatever else stands there, texts
 * without a certificate, blocks that are none, and certificates that may not sign others. Of equal ones the first stands.
 * @param parse reads one block; undefined where it cannot be read
 */
export function readCertificates(text: string, parse: (pem: string) => CertificateFacts | undefined): Certificates {
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY/.test(text))
    return refuse(
      'private-key',
      'It holds a private key. Give the certificate alone; Isthmus neither needs nor keeps keys.',
    );
  const blocks = text.match(block) ?? [];
  if (blocks.length === 0)
    return refuse('no-certificate', 'It holds no certificate: a block BEGIN CERTIFICATE in PEM was expected.');
  if (blocks.length > most)
    return refuse('too-many', `It holds ${blocks.length} certificates; at most ${most} are taken.`);
  const found = new Map<string, Certificate>();
  for (const [index, written] of blocks.entries()) {
    const pem = `${written.replace(/\r/g, '').replace(/[ \t]+$/gm, '')}\n`;
    const facts = parse(pem);
    if (facts === undefined)
      return refuse('unreadable', `Certificate ${index + 1} of ${blocks.length} cannot be read as X.509.`);
    if (!facts.isAuthority)
      return refuse(
        'no-authority',
        `Certificate ${index + 1} of ${blocks.length} (${facts.subject}) is no certificate authority, so that it vouches for nobody.`,
      );
    if (!found.has(facts.fingerprint)) found.set(facts.fingerprint, { ...facts, pem });
  }
  return { certificates: [...found.values()] };
}

/** How a certificate stands on a day. */
export type Validity = 'valid' | 'expired' | 'not-yet' | 'expires-soon';

// Longer than most waves take; a root that ends sooner ends the bridge with it.
const soon = 30 * 24 * 3_600_000;

/** Whether a certificate is valid at a time (ISO 8601). */
export function validityOf(
  { notBefore, notAfter }: Pick<CertificateFacts, 'notBefore' | 'notAfter'>,
  at: string,
): Validity {
  const now = Date.parse(at);
  if (now >= Date.parse(notAfter)) return 'expired';
  if (now < Date.parse(notBefore)) return 'not-yet';
  return now + soon >= Date.parse(notAfter) ? 'expires-soon' : 'valid';
}

/** The PEM blocks of a text that was read before. */
export const pemBlocks = (text: string): string[] => (text.match(block) ?? []).map((pem) => `${pem}\n`);
