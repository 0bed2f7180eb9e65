import { takeIn } from '@isthmus/istio';
import { type JsonObject, parseYaml, readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { createJudge, type Judge } from './judge.ts';

const estate = `
apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec:
  selector: {app: seats}
  ports: [{name: http, port: 80, appProtocol: http}, {name: tcp, port: 9000, appProtocol: tcp}]
---
apiVersion: v1
kind: Service
metadata: {name: fares, namespace: sales}
spec: {selector: {app: fares}, ports: [{name: http, port: 80, appProtocol: http}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec: {template: {metadata: {labels: {app: seats}}, spec: {containers: [{name: app}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: fares, namespace: sales}
spec: {template: {metadata: {labels: {app: fares}}, spec: {containers: [{name: app}]}}}
---
`;
// What Istio does by default, said in Kong Mesh's words.
const parity = `
apiVersion: kuma.io/v1alpha1
kind: MeshTimeout
metadata: {name: istio-parity, namespace: kong-mesh-system, labels: {kuma.io/mesh: default}}
spec: {to: [{targetRef: {kind: Mesh}, default: {connectionTimeout: 10s, idleTimeout: 1h, http: {requestTimeout: 0s, streamIdleTimeout: 0s}}}]}
---
`;

const patch = (applyTo: string, context: string, operation: string, value: string, match = '') => `
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: change, namespace: sales}
spec:
  workloadSelector: {labels: {app: seats}}
  configPatches: [{applyTo: ${applyTo}, match: {context: ${context}, ${match}}, patch: {operation: ${operation}, value: ${value}}}]
`;
const lua = '{name: envoy.filters.http.lua, typed_config: {}}';

function judgeOf(istio: string, kong = ''): Judge {
  return createJudge({
    estate: takeIn([readManifest('a.yaml', new TextEncoder().encode(estate + istio))]),
    emitted: parseYaml(parity + kong)
      .filter(({ value }) => value !== null)
      .map(({ value }) => ({ role: 'resource', object: value as JsonObject })),
    findings: [],
    concerning: () => [],
    settings: {
      target: '2.14',
      mesh: 'default',
      zone: 'default',
      systemNamespace: 'kong-mesh-system',
      rootNamespace: 'istio-system',
      clusterDomain: 'cluster.local',
    },
  });
}

const verdicts = (judge: Judge, service: string, aspect: string, port = 80) =>
  judge.verify(service, []).filter((row) => row.aspect === aspect && row.port === port);

test('without a change requests are routed the same', () => {
  expect(verdicts(judgeOf(''), 'sales/seats', 'routing').map(({ verdict }) => verdict)).toEqual(['same']);
});

test("a script at the servers leaves routing to them undecided, and others' alone", () => {
  const judge = judgeOf(patch('HTTP_FILTER', 'SIDECAR_INBOUND', 'INSERT_BEFORE', lua));
  expect(verdicts(judge, 'sales/seats', 'routing').map(({ sentence }) => sentence)).toEqual([
    'Undecided: EnvoyFilter sales/change spec.configPatches[0] (INSERT_BEFORE of HTTP_FILTER envoy.filters.http.lua) may change this in Istio, which the comparison does not follow.',
  ]);
  // Nobody reads requests on the other port.
  expect(verdicts(judge, 'sales/seats', 'routing', 9000).map(({ verdict }) => verdict)).toEqual(['same']);
  expect(verdicts(judge, 'sales/fares', 'routing').map(({ verdict }) => verdict)).toEqual(['same']);
});

test('a script at a client leaves undecided what this client calls, also where it becomes a MeshProxyPatch', () => {
  const change = patch('HTTP_FILTER', 'SIDECAR_OUTBOUND', 'INSERT_BEFORE', lua);
  const carried = `
apiVersion: kuma.io/v1alpha1
kind: MeshProxyPatch
metadata: {name: change, namespace: kong-mesh-system, labels: {kuma.io/mesh: default}}
spec:
  targetRef: {kind: Dataplane, labels: {app: seats}}
  default: {appendModifications: [{httpFilter: {operation: AddFirst, match: {origin: outbound}, value: '${lua}'}}]}
`;
  for (const kong of ['', carried])
    expect(
      verdicts(judgeOf(change, kong), 'sales/fares', 'routing').map(({ clients, verdict }) => [clients, verdict]),
    ).toEqual([
      ['all clients with app=seats', 'undecided'],
      ['all clients without app=seats', 'same'],
    ]);
});

test('clients whose own servers nobody can tell anything of are not told apart', () => {
  const plugin = `
apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: {name: change, namespace: sales}
spec: {selector: {matchLabels: {app: seats}}, url: oci://modules.example/one}
`;
  const clients = (service: string) =>
    verdicts(judgeOf(plugin), service, 'routing').map((row) => [row.clients, row.verdict]);
  expect(clients('sales/seats')).toEqual([['all clients', 'undecided']]);
  expect(clients('sales/fares')).toEqual([
    ['all clients with app=seats', 'undecided'],
    ['all clients without app=seats', 'same'],
  ]);
});

test('a change counts at the servers that requests get to, not at those that they are for', () => {
  const elsewhere = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: fares, namespace: sales}
spec: {hosts: [fares], http: [{route: [{destination: {host: seats}}]}]}
---
`;
  const route = `
apiVersion: kuma.io/v1alpha1
kind: MeshHTTPRoute
metadata: {name: fares, namespace: kong-mesh-system, labels: {kuma.io/mesh: default}}
spec:
  to:
    - targetRef: {kind: MeshService, name: fares, namespace: sales}
      rules:
        - matches: [{path: {type: PathPrefix, value: /}}]
          default: {backendRefs: [{kind: MeshService, name: seats, namespace: sales, port: 80}]}
---
`;
  const change = patch('HTTP_FILTER', 'SIDECAR_INBOUND', 'INSERT_BEFORE', lua);
  const [row] = verdicts(judgeOf(elsewhere + change, route), 'sales/fares', 'routing');
  expect(row?.verdict).toBe('undecided');
  const [other] = verdicts(
    judgeOf(elsewhere + change.replace('app: seats', 'app: fares'), route),
    'sales/fares',
    'routing',
  );
  expect(other?.reason ?? '').not.toContain('EnvoyFilter');
});

test('settings of connections are of resilience only, and what the models find without them is said', () => {
  const change = (seconds: number) =>
    patch(
      'CLUSTER',
      'SIDECAR_OUTBOUND',
      'MERGE',
      `{connect_timeout: ${seconds}s, dns_refresh_rate: 5s}`,
      'cluster: {service: fares.sales.svc.cluster.local}',
    );
  const judge = judgeOf(change(3));
  expect(verdicts(judge, 'sales/fares', 'routing').map(({ verdict }) => verdict)).toEqual(['same', 'same']);
  const [row] = verdicts(judge, 'sales/fares', 'resilience');
  expect(row?.verdict).toBe('undecided');
  expect(row?.reason).toMatch(
    /\(MERGE of CLUSTER\) may change this in Istio.*; without it, the .* would be .* in Istio and .* in Kong Mesh$/,
  );
  // The patch is for the clusters of one service.
  expect(verdicts(judge, 'sales/seats', 'resilience')[0]?.reason ?? '').not.toContain('EnvoyFilter');
});

const manager = 'envoy.filters.network.http_connection_manager';
const besideRouter = `listener: {filterChain: {filter: {name: ${manager}, subFilter: {name: envoy.filters.http.router}}}}`;
const whole = '{default_value: {numerator: 100}}';
const limit = (bucket: string, more = '') =>
  `{name: envoy.filters.http.local_ratelimit, typed_config: {stat_prefix: x, token_bucket: ${bucket}, filter_enabled: ${whole}, filter_enforced: ${whole}${more}}}`;
const limiting = (bucket: string, more = '') =>
  patch('HTTP_FILTER', 'SIDECAR_INBOUND', 'INSERT_BEFORE', limit(bucket, more), besideRouter);
const policy = (kind: string, spec: string, labels = 'app: seats') => `
apiVersion: kuma.io/v1alpha1
kind: ${kind}
metadata: {name: change, namespace: kong-mesh-system, labels: {kuma.io/mesh: default}}
spec: {targetRef: {kind: Dataplane, labels: {${labels}}}, ${spec}}
---
`;
const rate = (num: number, interval: string, more = '') =>
  policy(
    'MeshRateLimit',
    `rules: [{default: {local: {http: {requestRate: {num: ${num}, interval: ${interval}}${more}}}}}]`,
  );
/** What differs of how requests to a service are limited. */
const differing = (judge: Judge, what: string, service = 'sales/seats', port = 80) =>
  judge
    .verify(service, [])
    .filter((row) => row.port === port)
    .flatMap(({ counterexample }) => counterexample?.differences ?? [])
    .filter((difference) => difference.what === what)
    .map(({ before, after }) => [before, after]);

test('limits of rates are compared bucket by bucket', () => {
  const bucket = '{max_tokens: 5, tokens_per_fill: 5, fill_interval: 10s}';
  const five = '5 requests in 10 s, others get 429';
  expect(differing(judgeOf(limiting(bucket), rate(5, '10s')), 'rate limit')).toEqual([]);
  expect(differing(judgeOf('', rate(5, '10s')), 'rate limit')).toEqual([['none', five]]);
  expect(differing(judgeOf(limiting(bucket)), 'rate limit')).toEqual([[five, 'none']]);
  expect(differing(judgeOf(limiting(bucket), rate(6, '10s')), 'rate limit')).toHaveLength(1);
  expect(differing(judgeOf(limiting(bucket), rate(5, '20s')), 'rate limit')).toHaveLength(1);
  expect(
    differing(
      judgeOf(limiting('{max_tokens: 9, tokens_per_fill: 5, fill_interval: 10s}'), rate(5, '10s')),
      'rate limit',
    ),
  ).toEqual([['5 requests in 10 s and up to 9 at once, others get 429', five]]);
  // Nobody counts requests where nobody reads them.
  expect(differing(judgeOf(limiting(bucket)), 'rate limit', 'sales/seats', 9000)).toEqual([]);
});

test('a limit that counts before all others is compared where nobody is refused behind it', () => {
  const first = patch(
    'HTTP_FILTER',
    'SIDECAR_INBOUND',
    'INSERT_BEFORE',
    limit('{max_tokens: 5, tokens_per_fill: 5, fill_interval: 10s}'),
  );
  const rules = (app: string) => `---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: rules, namespace: sales}
spec: {selector: {matchLabels: {app: ${app}}}, rules: [{to: [{operation: {methods: [GET]}}]}]}
`;
  expect(differing(judgeOf(first, rate(6, '10s')), 'rate limit')).toHaveLength(1);
  expect(differing(judgeOf(first + rules('fares'), rate(6, '10s')), 'rate limit')).toHaveLength(1);
  expect(differing(judgeOf(first + rules('seats'), rate(6, '10s')), 'rate limit')).toEqual([]);
});

test('who is over a limit gets the same answer', () => {
  const bucket = '{max_tokens: 5, tokens_per_fill: 5, fill_interval: 10s}';
  const answer = ', response_headers_to_add: [{header: {key: x-limited, value: "1"}}], status: {code: 503}';
  const same = ', onRateLimit: {status: 503, headers: {set: [{name: X-Limited, value: "1"}]}}';
  expect(differing(judgeOf(limiting(bucket, answer), rate(5, '10s', same)), 'rate limit')).toEqual([]);
  expect(differing(judgeOf(limiting(bucket, answer), rate(5, '10s')), 'rate limit')).toEqual([
    ['5 requests in 10 s, others get 503 with `x-limited: 1`', '5 requests in 10 s, others get 429'],
  ]);
});

test('limits that are not understood are told apart from what is compared', () => {
  const bucket = '{max_tokens: 5, tokens_per_fill: 5, fill_interval: 10s}';
  const other = limiting(bucket, ', descriptors: [{}]');
  expect(differing(judgeOf(other, rate(5, '10s')), 'rate limit')).toEqual([]);
  // A second one may be the one that is reached first.
  const two = limiting(bucket) + limiting(bucket).replace('name: change', 'name: more').replace(/^/, '---');
  expect(differing(judgeOf(two, rate(5, '10s')), 'rate limit')).toEqual([]);
  // For some of the servers only.
  const some = limiting(bucket).replace('app: seats', 'app: seats, version: v1');
  expect(differing(judgeOf(some, rate(5, '10s')), 'rate limit')).toEqual([]);
});

test('faults of the servers are compared', () => {
  const fault = patch(
    'HTTP_FILTER',
    'SIDECAR_INBOUND',
    'INSERT_BEFORE',
    '{name: envoy.filters.http.fault, typed_config: {abort: {http_status: 503, percentage: {numerator: 10}}}}',
    besideRouter,
  );
  const injected = (percentage: number) =>
    policy('MeshFaultInjection', `rules: [{default: {http: [{abort: {httpStatus: 503, percentage: ${percentage}}}]}}]`);
  expect(differing(judgeOf(fault, injected(10)), 'fault')).toEqual([]);
  expect(differing(judgeOf(fault, injected(20)), 'fault')).toEqual([
    ['503 for 10 % by the server', '503 for 20 % by the server'],
  ]);
  expect(verdicts(judgeOf(fault, injected(10)), 'sales/seats', 'routing').map(({ verdict }) => verdict)).toEqual([
    'same',
  ]);
});

const managing = (config: string, context = 'SIDECAR_OUTBOUND') =>
  patch(
    'NETWORK_FILTER',
    context,
    'MERGE',
    `{name: ${manager}, typed_config: ${config}}`,
    `listener: {filterChain: {filter: {name: ${manager}}}}`,
  );

test('timeouts of the connection manager of clients are compared, for these clients', () => {
  const change = managing('{stream_idle_timeout: 30s, request_headers_timeout: 5s}');
  const times = (idle: string, headers: string) =>
    policy(
      'MeshTimeout',
      `to: [{targetRef: {kind: Mesh}, default: {connectionTimeout: 10s, idleTimeout: 1h, http: {requestTimeout: 0s, streamIdleTimeout: ${idle}, requestHeadersTimeout: ${headers}}}}]`,
    );
  const differences = (judge: Judge) =>
    judge
      .verify('sales/fares', [])
      .flatMap(({ clients, counterexample }) =>
        (counterexample?.differences ?? [])
          .filter(({ what }) => /timeout/.test(what))
          .map(({ what, before, after }) => [clients, what, before, after]),
      );
  const seats = 'all clients with app=seats';
  expect(differences(judgeOf(change, times('30s', '5s')))).toEqual([]);
  expect(differences(judgeOf(change))).toEqual([
    [seats, 'idle timeout', '30 s', 'none'],
    [seats, 'timeout', '5 s for the headers of a request', 'none for the headers of a request'],
  ]);
  expect(differences(judgeOf(change, times('60s', '5s')))).toEqual([[seats, 'idle timeout', '30 s', '60 s']]);
  expect(differences(judgeOf('', times('0s', '5s')))).toEqual([
    ['all clients', 'timeout', 'none for the headers of a request', '5 s for the headers of a request'],
  ]);
  for (const { verdict, aspect } of judgeOf(change).verify('sales/fares', []))
    if (aspect === 'routing') expect(verdict).toBe('same');
});

test('settings that a merge writes into clusters are compared, each for the destinations that it is for', () => {
  const fares = 'cluster: {service: fares.sales.svc.cluster.local}';
  const change = (value: string, match = fares) => patch('CLUSTER', 'SIDECAR_OUTBOUND', 'MERGE', value, match);
  const named = (name: string, judge: Judge, service = 'sales/fares') =>
    judge
      .verify(service, [])
      .flatMap(({ clients, counterexample }) =>
        (counterexample?.differences ?? [])
          .filter(({ before }) => before.startsWith(`${name}: `))
          .map(({ before, after }) => [clients, before.slice(name.length + 2), after.slice(name.length + 2)]),
      );
  const seats = 'all clients with app=seats';
  const timeout = policy(
    'MeshTimeout',
    'to: [{targetRef: {kind: Mesh}, default: {connectionTimeout: 3s, idleTimeout: 1h, http: {requestTimeout: 0s, streamIdleTimeout: 0s}}}]',
  );
  expect(named('connect timeout', judgeOf(change('{connect_timeout: 3s}')))).toEqual([[seats, '3 s', '10 s']]);
  expect(named('connect timeout', judgeOf(change('{connect_timeout: 3s}'), timeout))).toEqual([]);
  expect(named('connect timeout', judgeOf(change('{connect_timeout: 3s}')), 'sales/seats')).toEqual([]);
  for (const match of ['cluster: {portNumber: 81}', 'cluster: {subset: v1}', 'cluster: {service: fares}'])
    expect(named('connect timeout', judgeOf(change('{connect_timeout: 3s}', match)))).toEqual([]);
  const balanced = policy(
    'MeshLoadBalancingStrategy',
    'to: [{targetRef: {kind: Mesh}, default: {loadBalancer: {type: RingHash, ringHash: {minRingSize: 64}}}}]',
  );
  const ring = change('{lb_policy: RING_HASH, ring_hash_lb_config: {minimum_ring_size: 64}}');
  expect(named('load balancing', judgeOf(ring, balanced)).filter(([clients]) => clients === seats)).toEqual([]);
  expect(named('load balancing', judgeOf(ring)).filter(([clients]) => clients === seats)).toEqual([
    [seats, 'ring hash of 64 to 8388608, XX_HASH', expect.any(String)],
  ]);
  const ejecting = change('{outlier_detection: {consecutive_5xx: 7, interval: 5s}}');
  const breaker = (detectors: string) =>
    policy(
      'MeshCircuitBreaker',
      `to: [{targetRef: {kind: Mesh}, default: {outlierDetection: {interval: 5s, detectors: {totalFailures: {consecutive: 7}, ${detectors}}}}}]`,
    );
  // Where Envoy's own defaults hold, hosts are ejected for their success rate, too.
  const rate = 'successRate: {minimumHosts: 5, requestVolume: 100, standardDeviationFactor: "1.9"}';
  expect(named('outlier detection', judgeOf(ejecting, breaker(rate)))).toEqual([]);
  expect(named('outlier detection', judgeOf(ejecting, breaker('')))).toHaveLength(1);
  expect(named('outlier detection', judgeOf(ejecting))).toHaveLength(1);
});

test('what two filters set, and what Istio does at the servers, stays undecided', () => {
  const one = managing('{stream_idle_timeout: 30s}');
  const two = `${one}---${managing('{stream_idle_timeout: 60s}').replace('name: change', 'name: other')}`;
  const atServers = managing('{stream_idle_timeout: 30s}', 'SIDECAR_INBOUND');
  const selected = (judge: Judge, service: string) =>
    verdicts(judge, service, 'resilience').map(({ clients, verdict }) => [clients, verdict]);
  expect(selected(judgeOf(two), 'sales/fares')[0]).toEqual(['all clients with app=seats', 'undecided']);
  expect(selected(judgeOf(atServers), 'sales/seats')).toEqual([['all clients', 'undecided']]);
});

test('the simulator says it of a client', () => {
  const judge = judgeOf(patch('HTTP_FILTER', 'SIDECAR_OUTBOUND', 'INSERT_BEFORE', lua));
  const ask = (app: string) => {
    const answer = judge.simulate({
      client: { namespace: 'sales', labels: { app } },
      service: { namespace: 'sales', name: 'fares' },
      port: 80,
      request: { method: 'GET', authority: 'fares', path: '/', headers: {} },
    });
    return 'undecided' in answer ? answer.undecided.join() : answer.reason;
  };
  expect(ask('seats')).toContain('EnvoyFilter sales/change');
  expect(ask('fares')).not.toContain('EnvoyFilter');
});

/** What differs for the client that a change selects, of what it calls. */
const differingForClient = (judge: Judge, what: string, service = 'sales/fares'): unknown[] =>
  judge
    .verify(service, [])
    .filter(({ clients }) => clients === 'all clients with app=seats')
    .flatMap(({ counterexample }) => counterexample?.differences ?? [])
    .filter((difference) => difference.what === what || difference.before.startsWith(`${what}: `))
    .map(({ before, after }) => [before, after]);

test('retries that a patch of routes sets are compared, for these clients', () => {
  const change = patch(
    'HTTP_ROUTE',
    'SIDECAR_OUTBOUND',
    'MERGE',
    '{route: {retry_policy: {num_retries: 4, retry_on: "5xx,reset", per_try_timeout: 2s}}}',
  );
  const usual = (clients: string, more: string) =>
    policy(
      'MeshRetry',
      `to: [{targetRef: {kind: Mesh}, default: {http: {${more}, backOff: {baseInterval: 25ms, maxInterval: 250ms}, hostSelection: [{predicate: OmitPreviousHosts}], hostSelectionMaxAttempts: 5}}}]`,
      clients,
    );
  const same = usual('app: seats', 'numRetries: 4, retryOn: [5xx, Reset], perTryTimeout: 2s');
  const fewer = usual('app: seats', 'numRetries: 3, retryOn: [5xx, Reset], perTryTimeout: 2s');
  const settled = judgeOf(change, same);
  expect(differingForClient(settled, 'retries')).toEqual([]);
  expect(verdicts(settled, 'sales/fares', 'resilience').map(({ sentence }) => sentence)).not.toContainEqual(
    expect.stringContaining('does not follow'),
  );
  expect(differingForClient(judgeOf(change, fewer), 'retries')).toHaveLength(1);
  expect(differingForClient(judgeOf(change), 'retries')).toHaveLength(1);
});

test.each([
  ['more than one policy of retries', '{route: {retry_policy: {num_retries: 4, retry_priority: {name: x}}}}', ''],
  ['a route that redirects', '{route: {retry_policy: {num_retries: 4}}}', 'redirect: {uri: /x}'],
])('retries are not followed of %s', (_, value, redirect) => {
  const route = `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: fares, namespace: sales}
spec: {hosts: [fares], http: [{match: [{uri: {prefix: /old}}], ${redirect}}, {route: [{destination: {host: fares}}]}]}
`;
  const change = patch('HTTP_ROUTE', 'SIDECAR_OUTBOUND', 'MERGE', value) + (redirect === '' ? '' : route);
  expect(verdicts(judgeOf(change), 'sales/fares', 'resilience').map(({ verdict }) => verdict)).toContain('undecided');
});

test('checks that a patch of clusters makes are compared, for these clients', () => {
  const check = (path: string) =>
    patch(
      'CLUSTER',
      'SIDECAR_OUTBOUND',
      'MERGE',
      `{health_checks: [{timeout: 1s, interval: 10s, unhealthy_threshold: 3, healthy_threshold: 1, http_health_check: {path: ${path}}}]}`,
      'cluster: {service: fares.sales.svc.cluster.local}',
    );
  const checked = policy(
    'MeshHealthCheck',
    'to: [{targetRef: {kind: Mesh}, default: {timeout: 1s, interval: 10s, unhealthyThreshold: 3, healthyThreshold: 1, http: {path: /healthz}}}]',
  );
  expect(differingForClient(judgeOf(check('/healthz'), checked), 'health checks')).toEqual([]);
  expect(differingForClient(judgeOf(check('/ready'), checked), 'health checks')).toHaveLength(1);
  expect(differingForClient(judgeOf(check('/healthz')), 'health checks')).toHaveLength(1);
});
