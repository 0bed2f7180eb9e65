import { expect, test } from 'vitest';
import { refusals } from '../refusals.test-support.ts';

const pem = (label: string): string => `-----BEGIN ${label}-----\\ndGVzdA==\\n-----END ${label}-----\\n`;
const trust = (bundles: string, domain = 'td'): string => `{trustDomain: "${domain}", caBundles: ${bundles}}`;
const at = 'spec.caBundles[0]';

test.each([
  [trust(`[{type: Pem, pem: {value: "${pem('CERTIFICATE')}"}}]`), 'accepted'],
  [trust(`[{type: Pem, pem: {value: "${pem('EC PRIVATE KEY')}"}}]`), `${at}.pem.value`],
  [trust(`[{type: Pem, pem: {value: "${pem('CERTIFICATE').trimEnd()} "}}]`), 'accepted'],
  [trust(`[{type: Pem, pem: {value: "${pem('CERTIFICATE').replace(/..$/, '*')}"}}]`), `${at}.pem.value`],
  [trust(`[{type: Pem, pem: {value: "${pem('CERTIFICATE').replace('==', '=')}"}}]`), `${at}.pem.value`],
  [trust(`[{type: Pem, pem: {value: "${pem('CERTIFICATE').replace('dGV', 'A: b\\n\\ndGV')}"}}]`), 'accepted'],
  [trust(`[{type: Pem, pem: {value: "*${pem('CERTIFICATE')}"}}]`), `${at}.pem.value`],
  [trust(`[{type: Pem, pem: {value: "a\\n${pem('CERTIFICATE')}"}}]`), 'accepted'],
  [trust('[{type: Pem, pem: {value: x}}]'), `${at}.pem.value`],
  [trust('[{type: Pem}]'), `${at}.pem`],
  [trust('[{type: Jwk}]'), `${at}.type`],
  [trust('[]'), 'spec.caBundles'],
  [trust('[{type: Pem}]', ''), `${at}.pem spec.trustDomain`],
  [trust(`[{type: Pem, pem: {value: "${pem('CERTIFICATE')}"}}]`, 'a'.repeat(254)), 'spec.trustDomain'],
])('%s: %s', (spec, path) => expect(refusals('MeshTrust', spec, { namespace: 'kuma-system' })).toBe(path));
