import { expect, test } from 'vitest';
import { exampleFaults, foundIn, resultOf } from '../example.test-support.ts';
import { forcedMutualTls } from './forced-mutual-tls.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(forcedMutualTls)).toEqual([]);
});

const rule = (
  host: string,
  policy = 'trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}',
): string => `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: r, namespace: sales}
spec: {host: ${JSON.stringify(host)}, ${policy}}
`;
const found = (...args: Parameters<typeof rule>): number => foundIn(forcedMutualTls, rule(...args)).length;

test('hosts of the cluster are meant, also by wildcards; those outside of it and gateways are not', () => {
  expect(
    ['seats', 'seats.crew.svc.cluster.local', '*.local', '*.crew.svc.cluster.local'].map((host) => found(host)),
  ).toEqual([1, 1, 1, 1]);
  expect(
    [
      'api.bank.example',
      '*.example',
      '*.istio-system.svc.cluster.local',
      'istio-egressgateway.istio-system.svc.cluster.local',
      'own-egressgateway',
    ].map((host) => found(host)),
  ).toEqual([0, 0, 0, 0, 0]);
});

test('ports and subsets are looked at as well', () => {
  const ports = 'portLevelSettings: [{port: {number: 80}, tls: {mode: ISTIO_MUTUAL}}]';
  expect(
    found('seats', `subsets: [{name: v1, trafficPolicy: {${ports}}}], trafficPolicy: {${ports}, tls: {mode: SIMPLE}}`),
  ).toBe(2);
});

test('where mutual TLS is not automatic nothing is to be taken away before the servers move', () => {
  const operator = `---
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {name: istio, namespace: istio-system}
spec: {meshConfig: {enableAutoMtls: false}}
`;
  const result = resultOf(forcedMutualTls, rule('seats') + operator);
  if (result.state !== 'failed') throw new Error(result.state);
  expect(result.findings[0]?.found).toContain('not automatic');
  expect(result.findings[0]?.patch).toBeUndefined();
});
