import { takeIn } from '@isthmus/istio';
import { type JsonObject, parseYaml, readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { createJudge, type Judge } from './judge.ts';
import type { Finding } from './predictions.ts';
import { simulate } from './simulate.ts';
import { isOpen, summarise, tally } from './tally.ts';

const source = `
apiVersion: v1
kind: Namespace
metadata: {name: sales}
---
apiVersion: v1
kind: Namespace
metadata: {name: passenger}
---
apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec:
  selector: {app: seats}
  ports: [{name: http, port: 80, appProtocol: http}]
---
apiVersion: v1
kind: Service
metadata: {name: seats-v2, namespace: sales}
spec:
  selector: {app: seats, version: v2}
  ports: [{name: http, port: 80, appProtocol: http}]
---
apiVersion: v1
kind: Service
metadata: {name: ledger, namespace: sales}
spec:
  selector: {app: ledger}
  ports: [{name: tcp-ledger, port: 9000, appProtocol: tcp}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: seats, namespace: sales}
spec:
  hosts: [seats]
  http:
    - match:
        - uri: {prefix: /v2}
          headers: {x-cabin: {exact: crew}}
      rewrite: {uri: /crew}
      route: [{destination: {host: seats-v2}}]
    - match: [{uri: {exact: /old}}]
      redirect: {uri: /new, redirectCode: 302}
    - route: [{destination: {host: seats}}]
      timeout: 3s
`;

const route = (rules: string): string => `
apiVersion: kuma.io/v1alpha1
kind: MeshHTTPRoute
metadata: {name: seats, namespace: sales, labels: {kuma.io/mesh: default}}
spec:
  to:
    - targetRef: {kind: MeshService, name: seats, namespace: sales, sectionName: http}
      rules:
${rules}`;

const sameRules = `
        - matches:
            - path: {type: PathPrefix, value: /v2}
              headers: [{name: x-cabin, value: crew}]
          default:
            filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /crew}}}]
            backendRefs: [{kind: MeshService, name: seats-v2, namespace: sales, port: 80, weight: 1}]`;
const withoutHeader = `
        - matches: [{path: {type: PathPrefix, value: /v2}}]
          default:
            backendRefs: [{kind: MeshService, name: seats-v2, namespace: sales, port: 80, weight: 1}]`;

function judgeOf(emitted: string, findings: readonly Finding[] = [], more = ''): Judge {
  const estate = takeIn([readManifest('all.yaml', new TextEncoder().encode(`${source}${more}`))]);
  return createJudge({
    estate,
    emitted: parseYaml(emitted).map(({ value }) => ({ role: 'resource', object: value as JsonObject })),
    findings,
    concerning: (service) => (service === 'sales/seats' ? estate.istio : []),
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

const routingOf = (judge: Judge, service = 'sales/seats', accepted: Parameters<Judge['verify']>[1] = []) =>
  judge.verify(service, accepted).filter(({ aspect }) => aspect === 'routing');

test('a difference is a sentence with the request, both decisions and both rules', () => {
  const [row] = routingOf(judgeOf(route(withoutHeader)));
  expect(row).toMatchObject({ service: 'sales/seats', port: 80, clients: 'all clients', verdict: 'differs' });
  expect(row?.sentence).toMatch(/^Differs: `GET \/\S*`.* in Istio and .* in Kong Mesh, because .*\.$/);
  expect(row?.counterexample?.before.rule).toMatchObject({ kind: 'VirtualService', name: 'seats' });
  // The simulator, asked about the very request, sees the same difference.
  const { client, request } = row?.counterexample ?? { client: { namespace: '', labels: {} }, request: undefined };
  const simulation = judgeOf(route(withoutHeader)).simulate({
    client,
    service: { namespace: 'sales', name: 'seats' },
    port: 80,
    request: request ?? { method: 'GET', authority: 'seats', path: '/', headers: {} },
  });
  if (!('before' in simulation)) throw new Error(simulation.reason);
  expect(simulation.before.decision).toBe(row?.counterexample?.before.decision);
  expect(simulation.after.decision).toBe(row?.counterexample?.after.decision);
  expect(simulation.differences.map(({ what }) => what)).toEqual(
    expect.arrayContaining((row?.counterexample?.differences ?? []).map(({ what }) => what)),
  );
});

test('findings on what concerns the service predict a difference; others and mere hints do not', () => {
  const subject = { kind: 'VirtualService', namespace: 'sales', name: 'seats' };
  const findings: Finding[] = [
    { code: 'ISTHMUS-VS-001', severity: 'warning', resource: subject },
    { code: 'ISTHMUS-VS-002', severity: 'info', resource: subject },
    { code: 'ISTHMUS-VS-003', severity: 'blocker', resource: { ...subject, name: 'other' } },
    { code: 'ISTHMUS-AP-001', severity: 'blocker', resource: { ...subject, kind: 'AuthorizationPolicy' } },
    { code: 'ISTHMUS-VS-004', severity: 'warning', resource: subject, path: 'spec.http[2].timeout' },
    { code: 'ISTHMUS-SC-001', severity: 'warning', resource: { ...subject, kind: 'Sidecar', name: 'default' } },
    { code: 'ISTHMUS-MC-001', severity: 'warning' },
    { code: 'ISTHMUS-ID-001', severity: 'warning' },
    { code: 'ISTHMUS-READ-001', severity: 'blocker', file: 'broken.yaml' },
  ];
  const [row] = routingOf(judgeOf(route(withoutHeader), findings));
  expect(row?.predictedBy).toEqual(['ISTHMUS-MC-001', 'ISTHMUS-VS-001']);
  const resilience = judgeOf(route(withoutHeader), findings)
    .verify('sales/seats', [])
    .find(({ aspect, verdict }) => aspect === 'resilience' && verdict === 'differs');
  expect(resilience?.predictedBy).toContain('ISTHMUS-VS-004');
  expect(routingOf(judgeOf(route(withoutHeader)))[0]?.predictedBy).toEqual([]);
});

test('an accepted difference stays in sight with its reason, and counts apart', () => {
  const judge = judgeOf(route(withoutHeader));
  const accept = { service: 'sales/seats', aspect: 'routing', reason: 'crew moved away' } as const;
  const rows = routingOf(judge, 'sales/seats', [accept]);
  expect(rows).toMatchObject([{ verdict: 'differs', accepted: 'crew moved away' }]);
  expect(rows.filter(isOpen)).toEqual([]);
  expect(tally(rows).routing).toEqual({ same: 0, differs: 0, undecided: 0, accepted: 1, unpredicted: 1 });
  expect(summarise('sales/seats', rows)).toMatchObject({
    ports: [80],
    routing: { verdict: 'accepted', others: 1, unpredicted: 1 },
    resilience: { verdict: 'same', sentence: 'Nothing to compare.' },
  });
  expect(routingOf(judge, 'sales/seats', [{ ...accept, port: 81 }]).filter(isOpen)).toHaveLength(1);
  expect(routingOf(judge, 'sales/seats', [{ ...accept, aspect: 'resilience' }]).filter(isOpen)).toHaveLength(1);
});

test('the simulator says of each route why it was passed over, and what the destination sees', () => {
  const simulation = judgeOf(route(sameRules)).simulate({
    client: { namespace: 'passenger', labels: { app: 'web' } },
    service: { namespace: 'sales', name: 'seats' },
    port: 80,
    request: { method: 'GET', authority: 'seats.sales', path: '/v2/1?a=b', headers: { 'x-cabin': ['crew'] } },
  });
  if (!('before' in simulation)) throw new Error(simulation.reason);
  const { before, after } = simulation;
  expect(before.steps).toEqual([
    {
      takes: 'path begins with `/v2` and header `x-cabin` is `crew`',
      does: 'seats-v2.sales.svc.cluster.local:80',
      rule: { kind: 'VirtualService', namespace: 'sales', name: 'seats', path: 'spec.http[0].match[0]' },
    },
  ]);
  expect(before.seen).toMatchObject([
    {
      destination: 'seats-v2.sales.svc.cluster.local:80',
      endpoints: 'workloads of sales with app=seats, version=v2, port 80',
      share: 100,
      path: '/crew/1?a=b',
      authority: 'seats.sales',
    },
  ]);
  // Kong Mesh replaces the prefix with its slash (routing.md T21).
  expect(after.seen).toMatchObject([{ destination: 'seats-v2.sales:80', path: '/crew1?a=b' }]);
  expect(simulation.differences).toContainEqual({
    aspect: 'routing',
    what: 'path',
    before: '/crew/1?a=b',
    after: '/crew1?a=b',
  });
  expect(after.rule).toMatchObject({ kind: 'MeshHTTPRoute', name: 'seats' });
  expect(after.settings).toContainEqual({ what: 'timeout', value: '15 s' });

  const old = judgeOf(route(sameRules)).simulate({
    client: { namespace: 'passenger', labels: {} },
    service: { namespace: 'sales', name: 'seats' },
    port: 80,
    request: { method: 'GET', authority: 'seats.sales', path: '/old', headers: {} },
  });
  if (!('before' in old)) throw new Error(old.reason);
  expect(old.before.steps.map(({ missed }) => missed)).toEqual([
    'path begins with `/v2` was asked for; the request has `/old`',
    undefined,
  ]);
  expect(old.before.answer).toEqual({ status: 302, location: 'http://seats.sales/new' });
  expect(old.after.kind).toBe('forward');
  expect(old.differences.map(({ what }) => what)).toEqual(['kind']);
});

test.each([
  ['/%00', { status: 400 }, { status: 400 }],
  // Istio's proxies cut a fragment off, those of Kong Mesh refuse it.
  ['/old#a', { status: 302, location: 'http://seats.sales/new' }, { status: 400 }],
])('the simulator says by whom the path %s is refused', (path, before, after) => {
  const simulation = judgeOf(route(sameRules)).simulate({
    client: { namespace: 'passenger', labels: {} },
    service: { namespace: 'sales', name: 'seats' },
    port: 80,
    request: { method: 'GET', authority: 'seats.sales', path, headers: {} },
  });
  expect(simulation).toMatchObject({ before: { answer: before }, after: { answer: after } });
});

test('a path that climbs above the root is one of the root for both', () => {
  const simulation = judgeOf(route(sameRules)).simulate({
    client: { namespace: 'passenger', labels: { app: 'web' } },
    service: { namespace: 'sales', name: 'seats' },
    port: 80,
    request: { method: 'GET', authority: 'seats.sales', path: '/../v2/1', headers: { 'x-cabin': ['crew'] } },
  });
  expect(simulation).toMatchObject({ before: { seen: [{ path: '/crew/1' }] }, after: { seen: [{ path: '/crew1' }] } });
});

test('of connections that nobody reads only the destinations count', () => {
  const rows = routingOf(judgeOf(route(sameRules)), 'sales/ledger');
  expect(rows).toMatchObject([{ port: 9000, verdict: 'same' }]);
  const simulation = judgeOf(route(sameRules)).simulate({
    client: { namespace: 'passenger', labels: {} },
    service: { namespace: 'sales', name: 'ledger' },
    port: 9000,
    request: { method: 'GET', authority: 'ledger.sales', path: '/', headers: {} },
  });
  expect(simulation).toMatchObject({ before: { reads: false, settings: [] }, after: { reads: false, settings: [] } });
});

test('what does not exist cannot be simulated, and the ports that there are are named', () => {
  const judge = judgeOf(route(sameRules));
  const request = { method: 'GET', authority: 'x', path: '/', headers: {} };
  const client = { namespace: 'sales', labels: {} };
  expect(judge.simulate({ client, service: { namespace: 'sales', name: 'none' }, port: 80, request })).toEqual({
    reason: 'no such service',
    ports: [],
  });
  expect(judge.simulate({ client, service: { namespace: 'sales', name: 'seats' }, port: 81, request })).toEqual({
    reason: 'no such port',
    ports: [80],
  });
  expect(judge.verify('sales/none', [])).toEqual([]);
  expect(judge.services).toEqual(['sales/ledger', 'sales/seats', 'sales/seats-v2']);
});

test('clients that Istio keeps from knowing a service are compared by what their Pods say that they reach', () => {
  const scope = (mode: string, annotation: string): string => `---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: passenger}
spec:
  egress: [{hosts: ["./*"]}]
  outboundTrafficPolicy: {mode: ${mode}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: app, namespace: passenger}
spec:
  template:
    metadata: {labels: {app: app}${annotation}}
    spec: {containers: []}
`;
  const limited = ', annotations: {kuma.io/reachable-backends: "refs: []"}';
  const ofPassengers = (judge: Judge) =>
    routingOf(judge).filter(({ clients }) => clients === 'clients in namespace passenger');
  const same = judgeOf(route(sameRules), [], scope('ALLOW_ANY', limited));
  expect(ofPassengers(same)).toMatchObject([{ verdict: 'same' }]);
  expect(same.notCompared('sales/seats')).toEqual([]);
  const finding: Finding = {
    code: 'ISTHMUS-SC-001',
    severity: 'warning',
    resource: { kind: 'Sidecar', namespace: 'passenger', name: 'default' },
  };
  // Kong Mesh would lead them there, with encryption, retries and limits.
  const [unlimited] = ofPassengers(judgeOf(route(sameRules), [finding], scope('ALLOW_ANY', '')));
  expect(unlimited).toMatchObject({ verdict: 'differs', predictedBy: ['ISTHMUS-SC-001'] });
  // Istio closes the connection, passthrough takes it.
  expect(ofPassengers(judgeOf(route(sameRules), [], scope('REGISTRY_ONLY', limited)))).toMatchObject([
    { verdict: 'differs' },
  ]);
  // Whom Istio lets know the service has to reach it.
  const unreached = judgeOf(route(sameRules), [], scope('ALLOW_ANY', limited).replace('./*', '*/*'));
  expect(routingOf(unreached).filter(({ verdict }) => verdict === 'differs')).toHaveLength(1);
});

test('clients that Istio keeps from knowing a service and that no workload stands for are named, not compared', () => {
  const scope = `---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: passenger}
spec:
  egress: [{hosts: ["./*"]}]
  outboundTrafficPolicy: {mode: REGISTRY_ONLY}
`;
  const judge = judgeOf(route(sameRules), [], scope);
  expect(judge.notCompared('sales/seats')).toEqual(['clients in namespace passenger']);
  expect(routingOf(judge).map(({ clients }) => clients)).toEqual(['clients in namespace sales']);
  expect(judgeOf(route(sameRules)).notCompared('sales/seats')).toEqual([]);
  const simulation = judge.simulate({
    client: { namespace: 'passenger', labels: {} },
    service: { namespace: 'sales', name: 'seats' },
    port: 80,
    request: { method: 'GET', authority: 'seats.sales', path: '/', headers: {} },
  });
  expect(simulation).toMatchObject({ before: { kind: 'closed' }, differences: [{ what: 'kind' }] });
  expect('undecided' in simulation && simulation.undecided).toEqual([
    expect.stringMatching(/^Istio keeps this client/),
  ]);
});

test('Services that Istio does not read are compared where Kong Mesh knows them by its own labels', () => {
  const hidden = (labels: string, mode: string): string => `---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |
    discoverySelectors: [{matchExpressions: [{key: team, operator: DoesNotExist}]}]
    outboundTrafficPolicy: {mode: ${mode}}
---
apiVersion: v1
kind: Namespace
metadata: {name: batch, labels: {team: others${labels}}}
---
apiVersion: v1
kind: Service
metadata: {name: jobs, namespace: batch}
spec: {clusterIP: 10.0.0.9, selector: {app: jobs}, ports: [{name: http, port: 80, appProtocol: http}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: app, namespace: passenger}
spec: {template: {metadata: {labels: {app: app}}, spec: {containers: []}}}
`;
  const labelled = ', kuma.io/sidecar-injection: enabled';
  const outside = judgeOf(route(sameRules), [], hidden('', 'ALLOW_ANY'));
  expect(outside.services).not.toContain('batch/jobs');
  expect(outside.verify('batch/jobs', [])).toEqual([]);
  const finding: Finding = {
    code: 'ISTHMUS-INS-010',
    severity: 'warning',
    resource: { kind: 'Namespace', namespace: '', name: 'batch' },
  };
  const passed = judgeOf(route(sameRules), [finding], hidden(labelled, 'ALLOW_ANY'));
  expect(passed.services).toContain('batch/jobs');
  const sentences = (judge: Judge) => routingOf(judge, 'batch/jobs').map(({ sentence }) => sentence);
  expect(sentences(passed)).toEqual([
    'Differs: `GET /` is passed through to the address dialled in Istio and goes to jobs.batch:80 in Kong Mesh.',
  ]);
  expect(routingOf(passed, 'batch/jobs')).toMatchObject([{ predictedBy: ['ISTHMUS-INS-010'] }]);
  expect(routingOf(passed).flatMap(({ predictedBy = [] }) => predictedBy)).not.toContain('ISTHMUS-INS-010');
  const refused = judgeOf(route(sameRules), [], hidden(labelled, 'REGISTRY_ONLY'));
  expect(sentences(refused)).toEqual([
    'Differs: `GET /` is answered with 502 in Istio and goes to jobs.batch:80 in Kong Mesh.',
  ]);
  const asked = { client: { namespace: 'passenger', labels: { app: 'app' } }, port: 80 };
  const request = { method: 'GET', authority: 'jobs.batch', path: '/', headers: {} };
  const service = { namespace: 'batch', name: 'jobs' };
  expect(refused.simulate({ ...asked, service, request })).toMatchObject({ differences: [{ what: 'kind' }] });
  expect(outside.simulate({ ...asked, service, request })).toEqual({ reason: 'no such service', ports: [] });
});

test('a model decides the same after it was brought elsewhere as JSON', () => {
  const judge = judgeOf(route(sameRules));
  const subject = {
    client: { namespace: 'web', labels: { app: 'web' } },
    service: { namespace: 'sales', name: 'seats' },
    port: 80,
  };
  const model = judge.model(subject);
  if ('reason' in model) throw new Error(model.reason);
  const brought = JSON.parse(JSON.stringify(model)) as typeof model;
  for (const path of ['/v2/seats?x=1', '/', '/../..', '/v2%2Fa'])
    for (const headers of [{}, { 'x-cabin': ['crew'] }, { 'x-cabin': ['crew', 'pilot'] }]) {
      const request = { method: 'GET', authority: 'seats.sales', path, headers };
      const here = judge.simulate({ ...subject, request });
      expect(JSON.parse(JSON.stringify(simulate(brought, request)))).toEqual(JSON.parse(JSON.stringify(here)));
    }
  expect(judge.model({ ...subject, port: 81 })).toEqual({ reason: 'no such port', ports: [80] });
});
