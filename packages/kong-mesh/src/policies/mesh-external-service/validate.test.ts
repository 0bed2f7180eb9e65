import { expect, test } from 'vitest';
import { refusals, type Trial } from '../refusals.test-support.ts';

const refused = (fields: string, trial: Trial = {}): string =>
  refusals('MeshExternalService', `{match: {port: 443}, ${fields}}`, { namespace: 'kuma-system', ...trial });
const verification = (text: string): string => `tls: {verification: ${text}}`;
const at = 'spec.tls.verification';

test.each([
  ['endpoints: [{address: api.example.com, port: 443}, {address: 10.0.0.1, port: 80}]', 'accepted'],
  [
    'endpoints: [{address: "unix:///x", port: 1}, {address: a$b, port: 1}]',
    'spec.endpoints[0].address spec.endpoints[1].address',
  ],
  ['endpoints: [{address: a, port: 0}]', 'spec.endpoints[0].port'],
  ['tls: {version: {min: TLS13, max: TLS12}}', 'spec.tls.version.min'],
  [verification('{serverName: "a b"}'), `${at}.serverName`],
  [verification('{serverName: 10.0.0.1}'), `${at}.serverName`],
  [verification('{clientCert: {secret: a}}'), `${at}.clientKey`],
  [verification('{clientKey: {secret: a}}'), `${at}.clientCert`],
  [verification('{caCert: {inline: dGVzdA==}}'), 'accepted'],
  [verification('{caCert: {inline: "-----"}}'), `${at}.caCert.inline`],
  ['extension: {type: x}, endpoints: [{address: "a b", port: 1}]', 'accepted'],
  ['extension: {type: ""}', 'spec.extension.type'],
])('%s: %s', (fields, path) => expect(refused(fields)).toBe(path));

const v3: Trial = { version: '3.0' };

test.each([
  [verification('{caCert: {type: Secret, secretRef: {kind: Secret, name: a}}}'), 'accepted'],
  [verification('{caCert: {type: Secret}}'), `${at}.caCert.secretRef`],
  [verification('{caCert: {type: InsecureInline, insecureInline: {value: ""}}}'), `${at}.caCert.insecureInline.value`],
  [verification('{caCert: {type: File, file: {path: /a}}}'), `${at}.caCert.type`],
  [`extension: {type: x}, ${verification('{clientKey: {type: EnvVar, envVar: {name: a}}}')}`, `${at}.clientKey.type`],
])('3.0 %s: %s', (fields, path) => expect(refused(fields, v3)).toBe(path));

test('the name becomes a label of a host name', () => {
  const name = 'a'.repeat(64);
  expect(refused('endpoints: []', { name })).toBe('name');
  expect(refused('endpoints: []', { name: '1.a' })).toBe('accepted');
  expect(refused('endpoints: []', { name: '1.a', ...v3 })).toBe('name');
});

test('a match without a port, and without a match at all', () => {
  const system: Trial = { namespace: 'kuma-system' };
  expect(refusals('MeshExternalService', '{match: {}}', system)).toBe('spec.match.port');
  expect(refusals('MeshExternalService', '{}', system)).toBe('spec.match.port spec.match.protocol spec.match.type');
});
