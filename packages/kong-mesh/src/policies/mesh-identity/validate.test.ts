import { expect, test } from 'vitest';
import { refusals, type Trial } from '../refusals.test-support.ts';

const system: Trial = { namespace: 'kong-mesh-system' };
const bundled = (text: string): string => `{provider: {type: Bundled, bundled: ${text}}}`;
const at = 'spec.provider';
const key = '{type: Secret, secretRef: {kind: Secret, name: a}}';

test.each([
  ['{selector: {dataplane: {matchLabels: {}}}}', 'accepted'],
  ['{spiffeID: {trustDomain: "{{ .Mesh }}.local", path: "/ns/{{ label \\"a\\" }}"}}', 'accepted'],
  ['{spiffeID: {trustDomain: "{{ mesh }}", path: "{{"}}', 'spec.spiffeID.trustDomain spec.spiffeID.path'],
  ['{provider: {type: Bundled}}', `${at}.bundled`],
  ['{provider: {type: Spire}}', `${at}.spire`],
  ['{provider: {type: Extension}}', `${at}.extension`],
  ['{provider: {type: Extension, extension: {name: ""}}}', `${at}.extension.name`],
  ['{provider: {type: Vault}}', `${at}.type`],
  [bundled('{autogenerate: {enabled: true}}'), 'accepted'],
  [bundled(`{autogenerate: {enabled: true}, ca: {certificate: ${key}}}`), `${at}.bundled.ca`],
  [bundled('{}'), `${at}.bundled.ca`],
  [bundled('{ca: {}}'), `${at}.bundled.ca.certificate ${at}.bundled.ca.privateKey`],
  [
    bundled(`{ca: {certificate: ${key}, privateKey: {type: File, file: {path: a/../b}}}}`),
    `${at}.bundled.ca.privateKey.file.path`,
  ],
  [
    bundled('{autogenerate: {enabled: true}, certificateParameters: {expiry: -1s}}'),
    `${at}.bundled.certificateParameters.expiry`,
  ],
  ['{provider: {type: Spire, spire: {agent: {timeout: -1s}}}}', `${at}.spire.agent.spire.agent.timeout`],
])('%s: %s', (spec, path) => expect(refusals('MeshIdentity', spec, system)).toBe(path));

test('it belongs in the namespace of the control plane', () => {
  expect(refusals('MeshIdentity', '{}')).toBe('metadata.namespace');
});
