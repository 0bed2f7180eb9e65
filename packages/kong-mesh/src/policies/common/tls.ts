import type { Report } from './resource.ts';

/** TLS versions from the least to the most that are taken. */
export interface TlsVersionRange {
  readonly min?: string;
  readonly max?: string;
}

const versions = ['TLS10', 'TLS11', 'TLS12', 'TLS13'];

/** Reports a range that begins above its end (kuma, api/common/v1alpha1/tls/tls.go); the values are the schema's. */
export function checkTlsVersions(
  { min = 'TLSAuto', max = 'TLSAuto' }: TlsVersionRange,
  path: string,
  report: Report,
): void {
  const [from, to] = [versions.indexOf(min), versions.indexOf(max)];
  if (from >= 0 && to >= 0 && from > to) report(`${path}.min`, 'it must not be above max');
}
