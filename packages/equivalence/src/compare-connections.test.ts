import type { ClusterSettings } from '@isthmus/behavior';
import { expect, test } from 'vitest';
import { compareConnections } from './compare-connections.ts';

const settings = (change: Partial<ClusterSettings>): ClusterSettings => ({
  lbPolicy: 'LEAST_REQUEST',
  connectTimeout: '10s',
  circuitBreakers: {},
  ...change,
});
const found = (before: Partial<ClusterSettings>, after: Partial<ClusterSettings>): string[] =>
  compareConnections(settings(before), settings(after)).differences.map((one) => `${one.before} → ${one.after}`);

test("Envoy's defaults are no difference", () => {
  expect(
    found(
      {},
      {
        leastRequestLbConfig: { choiceCount: 2 },
        circuitBreakers: { maxConnections: 1024, maxRetries: 3, trackRemaining: true },
        commonLbConfig: { healthyPanicThreshold: { value: 50 } },
        http: {
          commonHttpProtocolOptions: { idleTimeout: '3600s', maxStreamDuration: '0s' },
          explicitHttpConfig: { http2ProtocolOptions: {} },
        },
      },
    ),
  ).toEqual([]);
});

test('an empty panic threshold is none, an absent one 50 %', () => {
  expect(found({ commonLbConfig: { healthyPanicThreshold: {} } }, {})).toEqual([
    'panic threshold: 0 % → panic threshold: 50 %',
  ]);
});

test('detectors that are off are no difference', () => {
  const off = { enforcingConsecutive5xx: 0, enforcingSuccessRate: 0 };
  expect(found({}, { outlierDetection: off })).toEqual([]);
  expect(
    found(
      { outlierDetection: { consecutive5xx: 7, enforcingSuccessRate: 0 } },
      { outlierDetection: { consecutive5xx: 7, enforcingSuccessRate: 0, consecutiveGatewayFailure: 3 } },
    ),
  ).toEqual([]);
  expect(
    found(
      { outlierDetection: { consecutive5xx: 7, enforcingSuccessRate: 0 } },
      { outlierDetection: { consecutive5xx: 8, enforcingSuccessRate: 0 } },
    ),
  ).toHaveLength(1);
});

test('limits, timeouts and balancers are compared', () => {
  expect(
    found(
      { circuitBreakers: { maxConnections: 4294967295 }, connectTimeout: '0.250s' },
      { lbPolicy: 'ROUND_ROBIN', connectTimeout: '5s' },
    ),
  ).toEqual([
    'load balancing: least request of 2 → load balancing: round robin',
    'connect timeout: 0.25 s → connect timeout: 5 s',
    'most connections: no limit → most connections: 1024',
  ]);
});

test('a limit that schemas of Kong Mesh can hold is none, as that of Istio', () => {
  const none = (number: number) => ({ circuitBreakers: { maxConnections: number, maxRetries: number } });
  expect(found(none(4294967295), none(2147483647))).toEqual([]);
  expect(found(none(4294967295), none(2147483646))).toHaveLength(2);
});

test('a proxy that refuses the cluster answers 503, whatever its settings say', () => {
  const refused = 'the size of the Maglev table is no prime number';
  expect(compareConnections(settings({}), settings({ refused, connectTimeout: '1s' })).differences).toEqual([
    { aspect: 'routing', what: 'connections', before: 'reached', after: `answered with 503: ${refused}` },
  ]);
  expect(found({ refused: 'one reason' }, { refused: 'another', connectTimeout: '1s' })).toEqual([]);
});

test('settings that MeshProxyPatches write count too', () => {
  const budget = { budgetPercent: { value: 20 }, minRetryConcurrency: 3 };
  expect(
    found(
      {
        leastRequestLbConfig: { slowStartConfig: { slowStartWindow: '60s', minWeightPercent: { value: 10 } } },
        circuitBreakers: { retryBudget: budget },
        http: {
          explicitHttpConfig: {
            http2ProtocolOptions: { maxConcurrentStreams: 5, connectionKeepalive: { interval: '10s', timeout: '2s' } },
          },
        },
      },
      {},
    ),
  ).toEqual([
    'load balancing: least request of 2 with slow start for 60 s from 10 %, aggression 1 → load balancing: least request of 2',
    'most retries at once: 20 % of the requests, at least 3 → most retries at once: 3',
    'most streams of a connection: 5 → most streams of a connection: no limit',
    'pings on connections: every 10 s, waiting 2 s → pings on connections: none',
  ]);
  const started = { slowStartConfig: { slowStartWindow: '60.000s' } };
  const spelled = { slowStartConfig: { slowStartWindow: '60s', aggression: { defaultValue: 1, runtimeKey: '(' } } };
  expect(found({ leastRequestLbConfig: started }, { leastRequestLbConfig: spelled })).toEqual([]);
});

test('what is not known of a cluster is undecided, never the same', () => {
  const reason = 'the model does not follow MeshProxyPatch a/b';
  expect(compareConnections(settings({}), settings({ unknown: reason }))).toEqual({
    differences: [],
    undecided: [{ aspect: 'resilience', reason }],
  });
});
