import { expect, test } from 'vitest';
import { refusals } from '../refusals.test-support.ts';

const conf = (text: string): string => `{to: [{targetRef: {kind: Mesh}, default: ${text}}]}`;
// Kuma names a `conf` that no MeshRetry has.
const at = 'spec.to[0].default.conf';

test.each([
  ['{tcp: {maxConnectAttempt: 1}}', 'accepted'],
  ['{}', at],
  ['{tcp: {}}', `${at}.tcp`],
  ['{tcp: {maxConnectAttempt: 0}}', `${at}.tcp.maxConnectAttempt`],
  ['{http: {hostSelectionMaxAttempts: 3}}', `${at}.http`],
  ['{http: {numRetries: 0}, grpc: {}}', `${at}.grpc`],
  ['{http: {backOff: {}}}', `${at}.http.backOff`],
  ['{grpc: {backOff: {maxInterval: 1s}}}', 'accepted'],
  [
    '{http: {rateLimitedBackOff: {maxInterval: 0s}}}',
    `${at}.http.rateLimitedBackOff.maxInterval ${at}.http.rateLimitedBackOff.resetHeaders`,
  ],
  ['{http: {rateLimitedBackOff: {resetHeaders: [{name: x, format: Seconds}]}}}', 'accepted'],
  ['{http: {retryOn: [5xx, "503", GatewayError, HttpMethodGet, "0418"]}}', 'accepted'],
  [
    '{http: {retryOn: [5XX, "299", "427", canceled, ""]}}',
    [0, 1, 2, 3, 4].map((i) => `${at}.http.retryOn[${i}]`).join(' '),
  ],
  ['{grpc: {retryOn: [Canceled, Unavailable]}}', 'accepted'],
  ['{http: {hostSelection: [{predicate: OmitHostsWithTags}]}}', `${at}.http.hostSelection[0].tags`],
  ['{http: {hostSelection: [{predicate: OmitPreviousPriorities}]}}', 'accepted'],
  [
    '{http: {hostSelection: [{predicate: OmitPreviousPriorities, updateFrequency: 0}, {predicate: OmitPreviousPriorities}]}}',
    `${at}.http.hostSelection[0].updateFrequency ${at}.http.hostSelection[1].predicate`,
  ],
])('a conf %s: %s', (text, path) => expect(refusals('MeshRetry', conf(text))).toBe(path));

test('2.13 wants an item', () => {
  expect(refusals('MeshRetry', '{}', { version: '2.13' })).toBe('spec.to');
  expect(refusals('MeshRetry', '{}')).toBe('accepted');
});

test('what is below a route or a gateway is the whole mesh', () => {
  const spec =
    '{targetRef: {kind: MeshHTTPRoute, name: a}, to: [{targetRef: {kind: MeshService, name: b}, default: {http: {numRetries: 1}}}]}';
  expect(refusals('MeshRetry', spec, { namespace: 'kuma-system' })).toBe('spec.to[0].targetRef.kind');
  expect(refusals('MeshRetry', spec)).toBe('spec.targetRef.kind spec.to[0].targetRef.kind');
});
