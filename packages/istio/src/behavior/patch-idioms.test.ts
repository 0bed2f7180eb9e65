import { readManifest } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import { takeIn } from '../take-in.ts';
import type { Idiom } from './patch-idioms.ts';
import { indexProxyChanges } from './proxy-changes.ts';

const manager = 'envoy.filters.network.http_connection_manager';
const router = 'envoy.filters.http.router';
const listener = (more = '', subFilter = '') =>
  `listener: {${more} filterChain: {filter: {name: ${manager}${subFilter && `, subFilter: {name: ${subFilter}}`}}}}`;

/** What the model makes of one patch of the sidecars of a namespace. */
function idiomOf(patch: string): Idiom | undefined {
  const filter = `
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: one, namespace: shop}
spec: {configPatches: [${patch}]}
`;
  const { all } = indexProxyChanges(takeIn([readManifest('a.yaml', new TextEncoder().encode(filter))]), 'istio-system');
  const found = (['inbound', 'outbound'] as const).flatMap((side) => all(side, { namespaces: ['shop'], labels: {} }));
  return found[0]?.idiom;
}

describe('timeouts of the connection manager', () => {
  const merge = (config: string, match = listener(), name = '') =>
    `{applyTo: NETWORK_FILTER, match: {context: SIDECAR_OUTBOUND, ${match}}, patch: {operation: MERGE, value: {${name} typed_config: ${config}}}}`;

  test('are understood in both spellings', () => {
    expect(idiomOf(merge('{stream_idle_timeout: 30s, request_headers_timeout: 1.5s}'))).toEqual({
      kind: 'waits',
      waits: { headers: 1500 },
      streamIdle: 30_000,
    });
    expect(
      idiomOf(merge('{requestTimeout: 10s, commonHttpProtocolOptions: {idleTimeout: 60s}, statPrefix: x}')),
    ).toEqual({ kind: 'waits', waits: { request: 10_000, connection: 60_000 } });
  });

  test.each([
    ['with another setting', merge('{stream_idle_timeout: 30s, drain_timeout: 5s}')],
    ['with another setting of streams', merge('{common_http_protocol_options: {max_stream_duration: 5s}}')],
    [
      'in a struct, which nothing is merged from',
      merge('{"@type": type.googleapis.com/udpa.type.v1.TypedStruct, value: {stream_idle_timeout: 30s}}'),
    ],
    ['in no duration of JSON', merge('{stream_idle_timeout: 1m}')],
    ['for every filter of a chain', merge('{stream_idle_timeout: 30s}', 'listener: {filterChain: {}}')],
    ['for one version of the proxy', merge('{stream_idle_timeout: 30s}', `proxy: {proxyVersion: 1.2}, ${listener()}`)],
    ['for one listener', merge('{stream_idle_timeout: 30s}', listener('name: x,'))],
    [
      'for some server names',
      merge('{stream_idle_timeout: 30s}', `listener: {filterChain: {sni: x, filter: {name: ${manager}}}}`),
    ],
    ['with another name for the filter', merge('{stream_idle_timeout: 30s}', listener(), 'name: other,')],
  ])('are not understood %s', (_, patch) => expect(idiomOf(patch)).toBeUndefined());
});

describe('limits of rates', () => {
  const whole = '{default_value: {numerator: 100, denominator: HUNDRED}}';
  const bucket = '{max_tokens: 200, tokens_per_fill: 100, fill_interval: 60s}';
  const limit = (settings: string, enforced = whole, tokens = bucket) =>
    `{stat_prefix: x, token_bucket: ${tokens}, filter_enabled: ${whole}, filter_enforced: ${enforced}${settings}}`;
  const insert = (config: string, operation = 'INSERT_BEFORE', match = listener('', router)) =>
    `{applyTo: HTTP_FILTER, match: {context: SIDECAR_INBOUND, ${match}}, patch: {operation: ${operation}, value: {name: envoy.filters.http.local_ratelimit, typed_config: ${config}}}}`;
  const found = (patch: string) => {
    const idiom = idiomOf(patch);
    return idiom?.kind === 'rate limit' ? idiom.limit : undefined;
  };

  test('are buckets with an answer', () => {
    expect(found(insert(limit('')))).toEqual({ requests: 100, most: 200, interval: 60_000, status: 429 });
    // A bucket is never fuller than full, and Envoy refuses nobody with a status of success.
    expect(
      found(insert(limit(', status: {code: 200}', whole, '{max_tokens: 5, tokens_per_fill: 9, fill_interval: 1s}'))),
    ).toEqual({ requests: 5, interval: 1000, status: 429 });
    expect(found(insert(limit('', whole, '{max_tokens: 5, fill_interval: 1s}')))).toMatchObject({
      requests: 1,
      most: 5,
    });
    expect(
      found(
        insert(
          limit(
            ', status: {code: 503}, response_headers_to_add: [{header: {key: X-Limited, value: "yes"}, append_action: OVERWRITE_IF_EXISTS_OR_ADD}]',
          ),
        ),
      ),
    ).toMatchObject({ status: 503, headers: { set: [['x-limited', 'yes']], add: [] } });
  });

  test('may be wrapped in a struct', () => {
    const struct = `{"@type": type.googleapis.com/udpa.type.v1.TypedStruct, type_url: x, value: ${limit('')}}`;
    expect(found(insert(struct))).toEqual({ requests: 100, most: 200, interval: 60_000, status: 429 });
  });

  test.each([
    ['that is asked for', insert(limit(''), 'INSERT_FIRST')],
    ['beside no filter', insert(limit(''), 'INSERT_BEFORE', listener())],
    ['of any listener', insert(limit(''), 'INSERT_BEFORE', '')],
  ])('stand before all that may refuse requests in a place %s', (_, patch) =>
    expect(idiomOf(patch)).toMatchObject({ kind: 'rate limit', isFirst: true }),
  );

  test.each([
    ['for some of the requests', insert(limit('', '{default_value: {numerator: 50}}'))],
    ['by descriptors', insert(limit(', descriptors: [{}]'))],
    ['for each connection', insert(limit(', local_rate_limit_per_downstream_connection: true'))],
    ['behind a filter', insert(limit(''), 'INSERT_AFTER')],
    ['of another manager', insert(limit(''), 'INSERT_BEFORE', 'listener: {filterChain: {filter: {name: x}}}')],
    ['beside another filter', insert(limit(''), 'INSERT_BEFORE', listener('', 'envoy.filters.http.cors'))],
    ['without a bucket', insert('{stat_prefix: x}')],
    ['that let nobody through', insert(limit('', whole, '{max_tokens: 0, fill_interval: 1s}'))],
  ])('are not understood %s', (_, patch) => expect(idiomOf(patch)).toBeUndefined());
});

describe('faults', () => {
  const insert = (config: string) =>
    `{applyTo: HTTP_FILTER, match: {context: SIDECAR_INBOUND, ${listener('', router)}}, patch: {operation: INSERT_BEFORE, value: {name: envoy.filters.http.fault, typed_config: ${config}}}}`;

  test('are delays and aborts of a share of the requests', () => {
    expect(
      idiomOf(
        insert(
          '{abort: {http_status: 503, percentage: {numerator: 25, denominator: TEN_THOUSAND}}, delay: {fixed_delay: 0.5s, percentage: {numerator: 0}}}',
        ),
      ),
    ).toEqual({ kind: 'fault', fault: { abort: { percentage: 0.25, status: 503 } } });
    expect(idiomOf(insert('{delay: {fixed_delay: 0.5s, percentage: {numerator: 10}}}'))).toEqual({
      kind: 'fault',
      fault: { delay: { percentage: 10, duration: 500 } },
    });
  });

  test.each([
    ['for some requests only', '{abort: {http_status: 503, percentage: {numerator: 1}}, headers: [{name: a}]}'],
    ['that headers of the request set', '{delay: {header_delay: {}, percentage: {numerator: 1}}}'],
    ['with statuses of gRPC', '{abort: {grpc_status: 14, percentage: {numerator: 1}}}'],
  ])('are not understood %s', (_, config) => expect(idiomOf(insert(config))).toBeUndefined());
});
