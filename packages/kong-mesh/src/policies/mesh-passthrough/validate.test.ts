import { expect, test } from 'vitest';
import { refusals } from '../refusals.test-support.ts';

const matches = (text: string): string => `{default: {appendMatch: [${text}]}}`;
const at = 'spec.default.appendMatch';

test.each([
  ['{type: Domain, value: api.example.com, protocol: tls, port: 443}', 'accepted'],
  ['{type: Domain, value: a.b}', `${at}[0].protocol`],
  ['{type: Domain, value: a.b, protocol: mysql}', `${at}[0].port ${at}[0].protocol`],
  ['{type: Domain, value: "*.a.b", protocol: http}', `${at}[0].port`],
  ['{type: Domain, value: "*.a.b", protocol: tls}', 'accepted'],
  ['{type: Domain, value: "*a.b", protocol: tls}', `${at}[0].value`],
  ['{type: Domain, value: "*", protocol: tls}', 'accepted'],
  ['{type: Domain, value: "*.a b", protocol: tls}', `${at}[0].value`],
  ['{type: Domain, value: 10.0.0.1, protocol: tls}', `${at}[0].value`],
  ['{type: IP, value: 10.0.0.1}', 'accepted'],
  ['{type: IP, value: "::1"}', 'accepted'],
  ['{type: IP, value: 10.0.0.256}', `${at}[0].value`],
  ['{type: CIDR, value: 10.0.0.0/8}', 'accepted'],
  ['{type: CIDR, value: 10.0.0.0/33}', `${at}[0].value`],
  ['{type: IP, value: 10.0.0.1, port: 0}', `${at}[0].port`],
  ['{type: IP, value: 10.0.0.1, port: 80}, {type: IP, value: 10.0.0.1, port: 80}', `${at}[1].value`],
  ['{type: IP, value: 10.0.0.1, port: 80}, {type: IP, value: 10.0.0.2, port: 80, protocol: http}', `${at}[1].port`],
  [
    '{type: IP, value: 10.0.0.1, port: 80, protocol: http}, {type: IP, value: 10.0.0.2, port: 80, protocol: tls}',
    'accepted',
  ],
  ['{type: Host, value: a}', `${at}[0].type`],
])('%s: %s', (text, path) => expect(refusals('MeshPassthrough', matches(text))).toBe(path));

test('2.13 does not look behind a wildcard', () => {
  expect(
    refusals('MeshPassthrough', matches('{type: Domain, value: "*.a b", protocol: tls}'), { version: '2.13' }),
  ).toBe('accepted');
});

test('only proxies can be meant', () => {
  expect(refusals('MeshPassthrough', '{targetRef: {kind: MeshService, name: a}}')).toBe('spec.targetRef.kind');
  expect(refusals('MeshPassthrough', '{targetRef: {kind: MeshSubset}}')).toBe('accepted');
});
