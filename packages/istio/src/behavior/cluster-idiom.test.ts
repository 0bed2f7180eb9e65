import { isMap, type JsonObject, parseYaml } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import { clusterIdiomOf } from './cluster-idiom.ts';

const json = (text: string): JsonObject => {
  const value = parseYaml(text)[0]?.value ?? null;
  return isMap(value) ? value : {};
};
const idiomOf = (value: string, match = '{context: SIDECAR_OUTBOUND}', operation = 'MERGE') =>
  clusterIdiomOf(
    { applyTo: 'CLUSTER', operation, value: json(value), filter: undefined, subFilter: undefined },
    json(match),
  );

test('a merge sets what it names, in both spellings', () => {
  expect(idiomOf('{connect_timeout: 0.5s, upstreamConnectionOptions: {tcpKeepalive: {keepaliveTime: 60}}}')).toEqual({
    kind: 'cluster',
    settings: { connectTimeout: '0.5s', tcpKeepalive: { keepaliveTime: 60 } },
  });
  expect(
    idiomOf('{outlier_detection: {consecutive_5xx: 7, base_ejection_time: 60s, max_ejection_percent: 50}}'),
  ).toEqual({
    kind: 'cluster',
    settings: { outlierDetection: { consecutive5xx: 7, baseEjectionTime: '60s', maxEjectionPercent: 50 } },
  });
  expect(idiomOf('{lb_policy: MAGLEV, maglev_lb_config: {table_size: 101}}')?.settings).toEqual({
    lbPolicy: 'MAGLEV',
    maglevLbConfig: { tableSize: '101' },
  });
});

test('what protobuf does not merge sets nothing', () => {
  expect(idiomOf('{lb_policy: ROUND_ROBIN}')?.settings).toEqual({});
  expect(idiomOf('{circuit_breakers: {thresholds: [{max_connections: 1}]}}')?.settings).toEqual({});
});

test('clusters are found by their parts or their name', () => {
  const found = (match: string) => {
    const { kind: _, settings: _settings, ...clusters } = idiomOf('{connect_timeout: 1s}', match) ?? {};
    return clusters;
  };
  expect(found('{cluster: {service: Crew.example, portNumber: 80, subset: v1}}')).toEqual({
    host: 'crew.example',
    port: 80,
    subset: 'v1',
  });
  expect(found('{cluster: {name: "outbound|80||crew.example"}}')).toEqual({
    host: 'crew.example',
    port: 80,
    subset: '',
  });
  expect(found('{cluster: {}}')).toEqual({});
});

describe('not understood is', () => {
  test.each([
    ['another field', '{connect_timeout: 1s, dns_refresh_rate: 1s}', undefined],
    ['no time', '{connect_timeout: 0s}', undefined],
    ['a count of none', '{outlier_detection: {consecutive_5xx: 0}}', undefined],
    ['another detector', '{outlier_detection: {split_external_local_origin_errors: true}}', undefined],
    ['another balancer', '{lb_policy: CLUSTER_PROVIDED}', undefined],
    ["another balancer's settings", '{lb_policy: RANDOM, ring_hash_lb_config: {minimum_ring_size: 1}}', undefined],
    ['settings of a balancer that is not named', '{ring_hash_lb_config: {minimum_ring_size: 1}}', undefined],
    ['another setting of a balancer', '{lb_policy: RING_HASH, ring_hash_lb_config: {hash_function: X}}', undefined],
    ['limits beside thresholds', '{circuit_breakers: {per_host_thresholds: []}}', undefined],
    ['a cluster that is none of a service', '{connect_timeout: 1s}', '{cluster: {name: agent}}'],
    ['a kind of proxy', '{connect_timeout: 1s}', '{proxy: {proxyVersion: "1"}}'],
  ])('%s', (_, value, match) => expect(idiomOf(value, match)).toBeUndefined());

  test('another operation', () => expect(idiomOf('{connect_timeout: 1s}', undefined, 'ADD')).toBeUndefined());
});
