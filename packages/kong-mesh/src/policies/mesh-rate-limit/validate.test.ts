import { expect, test } from 'vitest';
import { refusals } from '../refusals.test-support.ts';

const rule = (conf: string, matches = '[]'): string =>
  `{targetRef: {kind: Dataplane}, rules: [{matches: ${matches}, default: ${conf}}]}`;
const at = 'spec.rules[0].default.local';

test.each([
  ['{local: {http: {requestRate: {num: 1, interval: 1s}}}}', 'accepted'],
  ['{}', at],
  ['{local: {}}', at],
  ['{local: {http: {}, tcp: {}}}', `${at}.http ${at}.tcp`],
  [
    '{local: {http: {requestRate: {num: 0, interval: 50ms}}}}',
    `${at}.http.requestRate.num ${at}.http.requestRate.interval`,
  ],
  ['{local: {http: {requestRate: {num: 1}}}}', `${at}.http.requestRate.interval`],
  ['{local: {http: {onRateLimit: {status: 0}}}}', `${at}.http.onRateLimit.status`],
  ['{local: {tcp: {disabled: true}}}', 'accepted'],
  ['{local: {tcp: {connectionRate: {num: 1, interval: 51ms}}}}', 'accepted'],
])('a conf %s: %s', (conf, path) => expect(refusals('MeshRateLimit', rule(conf))).toBe(path));

const limit = '{local: {http: {disabled: true}}}';

test.each([
  [rule('{local: {tcp: {disabled: true}}}', '[{spiffeID: {type: Exact, value: spiffe://td}}]'), `${at}.tcp`],
  [rule(limit, '[{}]'), 'spec.rules[0].matches[0]'],
  [`{rules: [{default: ${limit}}]}`, 'spec.rules'],
  [`{targetRef: {kind: Mesh, proxyTypes: [Sidecar]}, rules: [{default: ${limit}}]}`, 'accepted'],
  [`{from: [{targetRef: {kind: Mesh}, default: ${limit}}]}`, 'spec.from'],
  [
    `{targetRef: {kind: Dataplane}, from: [{targetRef: {kind: MeshSubset}, default: {}}]}`,
    'spec.from[0].targetRef.kind spec.from[0].default.local',
  ],
  [`{targetRef: {kind: Dataplane}, to: [{targetRef: {kind: Mesh}, default: ${limit}}]}`, 'spec.to'],
  [`{to: [{targetRef: {kind: MeshService, name: a}, default: ${limit}}]}`, 'spec.to[0].targetRef.kind'],
  ['{}', 'accepted'],
])('%s: %s', (spec, path) => expect(refusals('MeshRateLimit', spec)).toBe(path));

test('3.0 wants to or rules, and no rules for the whole mesh', () => {
  expect(refusals('MeshRateLimit', '{}', { version: '3.0' })).toBe('spec');
  expect(refusals('MeshRateLimit', `{targetRef: {kind: Mesh}, rules: [{default: ${limit}}]}`, { version: '3.0' })).toBe(
    'spec.rules',
  );
});
