import { isBase64 } from '@isthmus/kubernetes';
import { defineRules, type Validation } from '../common/resource.ts';

interface Spec {
  readonly trustDomain: string;
  readonly caBundles: readonly { readonly type: string; readonly pem?: { readonly value: string } }[];
}

const block = /^-----BEGIN ([^\n]*?)-----[ \t\r]*\n([\s\S]*?)-----END \1-----[ \t\r]*$/gm;
const header = /^[^\n:]+:[^\n]*\n/;
const privateKeys = new Set([
  'PRIVATE KEY',
  'RSA PRIVATE KEY',
  'EC PRIVATE KEY',
  'DSA PRIVATE KEY',
  'ENCRYPTED PRIVATE KEY',
]);

/**
 * The label of the first block of PEM in a text, as Go reads it (encoding/pem `Decode`): what is no base64, or has something
 * behind its last line, is passed over.
 */
function labelOfPem(text: string): string | undefined {
  for (const [, label, written = ''] of text.matchAll(block)) {
    let content = written;
    while (header.test(content)) content = content.replace(header, '');
    if (isBase64(content.replace(/\s/g, ''))) return label;
  }
  return undefined;
}

/**
 * kuma, pkg/core/resources/apis/meshtrust/api/v1alpha1/validator.go; security.md 1.4. Whether the first PEM block holds a
 * certificate is not looked into, neither here nor there.
 */
function validate({ trustDomain, caBundles }: Spec, { report }: Validation): void {
  if (caBundles.length === 0) report('spec.caBundles', 'it must have an item');
  for (const [index, { type, pem }] of caBundles.entries()) {
    const path = `spec.caBundles[${index}]`;
    if (type !== 'Pem') report(`${path}.type`, 'it must be Pem');
    else if (pem === undefined) report(`${path}.pem`, 'it must be set for the type Pem');
    else {
      const label = labelOfPem(pem.value);
      if (label === undefined || privateKeys.has(label)) report(`${path}.pem.value`, 'it must be a certificate in PEM');
    }
  }
  if (trustDomain === '') report('spec.trustDomain', 'it must be set');
  if (new TextEncoder().encode(trustDomain).length > 253)
    report('spec.trustDomain', 'it must have at most 253 characters');
}

export const meshTrust = defineRules({ kind: 'MeshTrust', policy: false, systemOnly: true, go: {}, validate });
