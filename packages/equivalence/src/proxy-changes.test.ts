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
metadata: {name: parity, namespace: kong-mesh-system, labels: {kuma.io/mesh: default}}
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

test('a script at a client leaves undecided what the client calls, also where it becomes a MeshProxyPatch', () => {
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
    for (const { verdict } of verdicts(judgeOf(change, kong), 'sales/fares', 'routing'))
      expect(verdict).toBe('undecided');
});

test('settings of connections are of resilience only, and what the models find without them is said', () => {
  const change = (seconds: number) =>
    patch(
      'CLUSTER',
      'SIDECAR_OUTBOUND',
      'MERGE',
      `{connect_timeout: ${seconds}s}`,
      'cluster: {service: fares.sales.svc.cluster.local}',
    );
  const judge = judgeOf(change(3));
  expect(verdicts(judge, 'sales/fares', 'routing').map(({ verdict }) => verdict)).toEqual(['same']);
  const [row] = verdicts(judge, 'sales/fares', 'resilience');
  expect(row?.verdict).toBe('undecided');
  expect(row?.reason).toMatch(
    /\(MERGE of CLUSTER\) may change this in Istio.*; without it, the .* would be .* in Istio and .* in Kong Mesh$/,
  );
  // The patch is for the clusters of one service.
  expect(verdicts(judge, 'sales/seats', 'resilience')[0]?.reason ?? '').not.toContain('EnvoyFilter');
});

test('limits of rates are told apart from what is compared, also where a MeshRateLimit takes their place', () => {
  const limit = `{name: envoy.filters.http.local_ratelimit, typed_config: {}}`;
  const carried = `
apiVersion: kuma.io/v1alpha1
kind: MeshRateLimit
metadata: {name: change, namespace: kong-mesh-system, labels: {kuma.io/mesh: default}}
spec:
  targetRef: {kind: Dataplane, labels: {app: seats}}
  rules: [{default: {local: {http: {requestRate: {num: 5, interval: 10s}}}}}]
`;
  const change = patch('HTTP_FILTER', 'SIDECAR_INBOUND', 'INSERT_BEFORE', limit);
  const what = (judge: Judge) =>
    judge
      .verify('sales/seats', [])
      .flatMap(({ counterexample }) => counterexample?.differences.map((difference) => difference.what) ?? []);
  expect(what(judgeOf('', carried))).toContain('fault');
  expect(what(judgeOf(change, carried))).not.toContain('fault');
  expect(verdicts(judgeOf(change, carried), 'sales/seats', 'routing').map(({ verdict }) => verdict)).toEqual(['same']);
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
