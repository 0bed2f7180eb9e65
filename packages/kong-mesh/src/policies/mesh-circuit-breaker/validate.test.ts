import { expect, test } from 'vitest';
import { refusals } from '../refusals.test-support.ts';

const conf = (text: string): string => `{to: [{targetRef: {kind: Mesh}, default: ${text}}]}`;
const at = 'spec.to[0].default';
const outlier = (text: string): string => `{outlierDetection: ${text}}`;
const detector = (text: string): string => outlier(`{detectors: ${text}}`);

test.each([
  ['{connectionLimits: {}}', 'accepted'],
  ['{}', at],
  [
    '{connectionLimits: {maxConnections: 0, maxRetries: 0}}',
    `${at}.connectionLimits.maxConnections ${at}.connectionLimits.maxRetries`,
  ],
  [outlier('{disabled: true}'), `${at}.outlierDetection.detectors`],
  [detector('{}'), `${at}.outlierDetection.detectors`],
  [detector('{totalFailures: {}}'), 'accepted'],
  [detector('{totalFailures: {consecutive: 0}}'), `${at}.outlierDetection.detectors.totalFailures.consecutive`],
  [detector('{successRate: {standardDeviationFactor: "1.9"}}'), 'accepted'],
  [
    detector('{successRate: {standardDeviationFactor: 0}}'),
    `${at}.outlierDetection.detectors.successRate.standardDeviationFactor`,
  ],
  [
    detector('{successRate: {standardDeviationFactor: a, minimumHosts: 0}}'),
    `${at}.outlierDetection.detectors.successRate.minimumHosts ${at}.outlierDetection.detectors.successRate.standardDeviationFactor`,
  ],
  [
    detector('{failurePercentage: {threshold: 101, requestVolume: 0}}'),
    `${at}.outlierDetection.detectors.failurePercentage.requestVolume ${at}.outlierDetection.detectors.failurePercentage.threshold`,
  ],
  [
    outlier(
      '{interval: 0s, baseEjectionTime: -1s, maxEjectionPercent: 101, healthyPanicThreshold: "100.1", detectors: {gatewayFailures: {}}}',
    ),
    ['interval', 'baseEjectionTime', 'maxEjectionPercent', 'healthyPanicThreshold']
      .map((name) => `${at}.outlierDetection.${name}`)
      .join(' '),
  ],
])('a conf %s: %s', (text, path) => expect(refusals('MeshCircuitBreaker', conf(text))).toBe(path));

test('Kuma says from where it means rules', () => {
  expect(refusals('MeshCircuitBreaker', '{rules: [{}]}')).toBe('spec.from[0].default');
});

test('a MeshExternalService can be meant from 2.14 on, before that not even for the whole mesh', () => {
  const spec = (top: string) =>
    `{targetRef: ${top}, to: [{targetRef: {kind: MeshExternalService, name: a}, default: {connectionLimits: {}}}]}`;
  expect(refusals('MeshCircuitBreaker', spec('{kind: Mesh}'))).toBe('accepted');
  expect(refusals('MeshCircuitBreaker', spec('{kind: Mesh}'), { version: '2.13' })).toBe('spec.to[0].targetRef.kind');
  expect(refusals('MeshCircuitBreaker', spec('{kind: Dataplane}'), { version: '2.13' })).toBe(
    'spec.to[0].targetRef.kind spec.to[0].targetRef.kind',
  );
});

test('no route can be meant, and rules stand alone', () => {
  expect(
    refusals(
      'MeshCircuitBreaker',
      '{to: [{targetRef: {kind: MeshHTTPRoute, name: a}, default: {connectionLimits: {}}}]}',
    ),
  ).toBe('spec.to[0].targetRef.kind');
  expect(refusals('MeshCircuitBreaker', '{}')).toBe('spec');
  const both =
    '{rules: [{default: {connectionLimits: {}}}], to: [{targetRef: {kind: Mesh}, default: {connectionLimits: {}}}]}';
  expect(refusals('MeshCircuitBreaker', both)).toBe('spec');
  expect(refusals('MeshCircuitBreaker', both, { version: '3.0' })).toBe('accepted');
  expect(refusals('MeshCircuitBreaker', '{from: [{targetRef: {kind: Mesh}, default: {}}]}')).toBe(
    'spec.from[0].default',
  );
});
