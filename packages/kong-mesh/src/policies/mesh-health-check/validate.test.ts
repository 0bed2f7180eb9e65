import { expect, test } from 'vitest';
import { refusals } from '../refusals.test-support.ts';

const conf = (text: string): string => `{to: [{targetRef: {kind: Mesh}, default: ${text}}]}`;
const at = 'spec.to[0].default';

test.each([
  ['{tcp: {}}', 'accepted'],
  ['{}', at],
  ['{grpc: {}, interval: 0s, noTrafficInterval: -1s}', `${at}.interval ${at}.noTrafficInterval`],
  ['{grpc: {}, healthyThreshold: 0, unhealthyThreshold: -1}', `${at}.unhealthyThreshold ${at}.healthyThreshold`],
  [
    '{grpc: {}, intervalJitterPercent: 101, healthyPanicThreshold: x}',
    `${at}.intervalJitterPercent ${at}.healthyPanicThreshold`,
  ],
  ['{grpc: {}, eventLogPath: relative}', `${at}.eventLogPath`],
  [
    '{http: {path: "", expectedStatuses: [99, 200, 600]}}',
    `${at}.http.path ${at}.http.expectedStatuses[0] ${at}.http.expectedStatuses[2]`,
  ],
])('a conf %s: %s', (text, path) => expect(refusals('MeshHealthCheck', conf(text))).toBe(path));

test('a MeshExternalService can be meant from 2.14 on, a route never', () => {
  const spec = '{to: [{targetRef: {kind: MeshExternalService, name: a}, default: {tcp: {}}}]}';
  expect(refusals('MeshHealthCheck', spec)).toBe('accepted');
  expect(refusals('MeshHealthCheck', spec, { version: '2.13' })).toBe('spec.to[0].targetRef.kind');
  expect(refusals('MeshHealthCheck', '{to: [{targetRef: {kind: MeshHTTPRoute, name: a}, default: {tcp: {}}}]}')).toBe(
    'spec.to[0].targetRef.kind',
  );
  expect(refusals('MeshHealthCheck', conf('{tcp: {}, healthyPanicThreshold: 1}'), { version: '3.0' })).toBe(
    `${at}.healthyPanicThreshold`,
  );
});
