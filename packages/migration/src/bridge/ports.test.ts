import { accessInPhase } from '@isthmus/equivalence';
import { compileService, effectiveConfig, takeIn } from '@isthmus/istio';
import { checkEdgeResource, isEdgeGroup } from '@isthmus/kong-gateway';
import { checkAdmission, compileKongMesh, type TargetVersion, targetVersions } from '@isthmus/kong-mesh';
import { type JsonObject, readManifest, writeYamlDocuments } from '@isthmus/kubernetes';
import { defaultSettings } from '@isthmus/translation';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  againstPhase,
  type BridgeFacts,
  bridgeState,
  closedWays,
  crossingWays,
  type Phase,
  phaseCase,
  progressOfPhase,
  requestPath,
  type Topology,
} from '../index.ts';
import { factsOfEstate } from './facts.test-support.ts';

/** Ports of each kind that a bridge treats in its own way. */
const kinds = [
  '{name: http, port: 80}',
  '{name: http-admin, port: 8080}',
  '{name: grpc, port: 9000}',
  '{name: tcp-postgres, port: 5432}',
  '{name: tls-vault, port: 8443}',
  '{name: other, port: 9999}',
  '{name: dns, port: 53, protocol: UDP}',
] as const;

const policies = [
  '',
  'rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/cart]}}]}]',
  'rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/cart]}}], to: [{operation: {ports: ["80", "5432"]}}]}]',
  'action: DENY, rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/log]}}]}]',
] as const;

const rules = [
  '',
  'trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}',
  'trafficPolicy: {portLevelSettings: [{port: {number: 80}, tls: {mode: ISTIO_MUTUAL}}, {port: {number: 5432}, loadBalancer: {simple: RANDOM}}]}',
  'subsets: [{name: v1, labels: {version: v1}, trafficPolicy: {portLevelSettings: [{port: {number: 8080}, connectionPool: {tcp: {maxConnections: 5}}}]}}]',
] as const;

interface Drawn {
  readonly ports: readonly string[];
  readonly policy: string;
  readonly rule: string;
  readonly strict: boolean;
  readonly routed: boolean;
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly topology: Topology;
  readonly target: TargetVersion;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  ports: fc.subarray([...kinds], { minLength: 1 }),
  policy: fc.constantFrom(...policies),
  rule: fc.constantFrom(...rules),
  strict: fc.boolean(),
  routed: fc.boolean(),
  kind: fc.constantFrom('Deployment', 'Deployment', 'StatefulSet'),
  topology: fc.constantFrom('same-cluster', 'separate-clusters'),
  target: fc.constantFrom(...targetVersions),
});

const workload = (name: string, kind: string, ports: readonly string[], env = ''): string =>
  `apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec: {selector: {app: ${name}}, clusterIP: 10.0.0.${name.length}, ports: [${ports}]}
---
apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}, namespace: shop}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {serviceAccountName: ${name}, containers: [{name: app, image: app${env}}]}
---
`;
const istio = (group: string, kind: string, spec: string, name = 'pay'): string =>
  `apiVersion: ${group}.istio.io/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: shop}\nspec: {${spec}}\n---\n`;

const textOf = ({ ports, policy, rule, strict, routed, kind }: Drawn): string =>
  workload('cart', 'Deployment', ['{name: http, port: 80}'], ', env: [{name: PAY, value: pay.shop}]') +
  workload('log', 'Deployment', ['{name: http, port: 80}']) +
  // What Istio configures at all is translated with identities.
  istio('networking', 'VirtualService', 'hosts: [log], http: [{route: [{destination: {host: log}}]}]', 'log') +
  workload('pay', kind, ports) +
  (policy === '' ? '' : istio('security', 'AuthorizationPolicy', `selector: {matchLabels: {app: pay}}, ${policy}`)) +
  (rule === '' ? '' : istio('networking', 'DestinationRule', `host: pay, ${rule}`)) +
  (strict ? istio('security', 'PeerAuthentication', 'mtls: {mode: STRICT}') : '') +
  // One that says nothing of ports beside 80 and 8080, and names none.
  (routed
    ? istio(
        'networking',
        'VirtualService',
        'hosts: [pay], http: [{match: [{port: 80}, {port: 8080}], route: [{destination: {host: pay}}]}]',
      )
    : '');

const estateOf = (text: string) => takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]);

function factsOf(one: Drawn): BridgeFacts {
  const estate = estateOf(textOf(one));
  return factsOfEstate(estate, { topology: one.topology }, one.target);
}

const states: readonly { readonly pay: Phase; readonly cart: Phase }[] = [
  { pay: 'discovered', cart: 'migrated' },
  { pay: 'bridged', cart: 'discovered' },
  { pay: 'shifting', cart: 'discovered' },
  { pay: 'shifting', cart: 'shifting' },
  { pay: 'migrated', cart: 'discovered' },
  { pay: 'retired', cart: 'migrated' },
];
const share = 25;

test('what the bridge writes for any ports is admitted by every version, in every state', () => {
  let objects = 0;
  fc.assert(
    fc.property(drawn, (one) => {
      const facts = factsOf(one);
      for (const { pay, cart } of states)
        for (const placed of bridgeState(facts, (id) =>
          progressOfPhase(id === 'shop/pay' ? pay : id === 'shop/cart' ? cart : 'discovered', share),
        ).values()) {
          const object = placed?.object;
          const group = String(object?.apiVersion ?? '').split('/')[0] ?? '';
          if (object === undefined || object.kind === 'MeshTrust') continue;
          if (isEdgeGroup(group)) expect([object, checkEdgeResource(object)]).toEqual([object, []]);
          if (group === 'kuma.io')
            expect([object, checkAdmission(object, one.target, { systemNamespace: 'kong-mesh-system' })]).toMatchObject(
              [object, { accepted: true }],
            );
          objects++;
        }
    }),
    { numRuns: 120 },
  );
  expect(objects).toBeGreaterThan(2000);
});

test('nobody gains access to any port in any phase', () => {
  let rows = 0;
  fc.assert(
    fc.property(drawn, (one) => {
      const facts = factsOf(one);
      for (const phase of ['discovered', 'bridged', 'shifting', 'migrated', 'retired'] as const) {
        const found = accessInPhase(
          phaseCase(facts, phase, { ...defaultSettings, complete: true, target: one.target }),
          ['shop/pay'],
        );
        rows += found.length;
        expect(againstPhase(found, 'shop/pay', facts)).toEqual([]);
      }
    }),
    { numRuns: 120 },
  );
  expect(rows).toBeGreaterThan(2000);
});

/** Where Istio's proxies send the calls of cart to a port of pay, with the share of each. */
function destinations(one: Drawn, facts: BridgeFacts, pay: Phase, port: number): Map<string, number> | undefined {
  const cluster = one.topology === 'same-cluster' ? 'shared' : 'istio';
  const state = [
    ...bridgeState(facts, (id) => progressOfPhase(id === 'shop/pay' ? pay : 'discovered', share)).values(),
  ];
  const objects = state.flatMap((placed) => {
    const isIstio = String(placed?.object.apiVersion).includes('istio.io/');
    return placed?.cluster === cluster && isIstio ? [placed.object] : [];
  });
  const changed = new Set(objects.map(({ kind, metadata }) => `${kind} ${(metadata as { name: string }).name}`));
  const { istio: own, context } = facts.input.estate;
  const kept = [...own, ...context].filter(({ kind, name }) => !changed.has(`${kind} ${name}`));
  const config = effectiveConfig(
    estateOf(writeYamlDocuments([...kept.map(({ object }) => object), ...objects] as JsonObject[])),
  );
  const client = { namespace: 'shop', labels: { app: 'cart' } };
  const table = compileService(config, client, 'pay.shop.svc.cluster.local', port)?.table;
  const decision = table?.virtualHosts[0]?.routes[0]?.decision;
  if (decision?.kind !== 'forward') return undefined;
  const sum = decision.destinations.reduce((known, { weight }) => known + weight, 0);
  const found = new Map<string, number>();
  for (const { destination, weight } of decision.destinations) {
    const { host, subset } = destination as { host: string; subset?: string };
    const name = subset === undefined ? host : `${host} ${subset}`;
    if (weight > 0) found.set(name, (found.get(name) ?? 0) + (100 * weight) / sum);
  }
  return found;
}

test('Istio divides the calls of every port as the path of a request says', () => {
  const divided = new Set<string>();
  fc.assert(
    fc.property(drawn, (one) => {
      const facts = factsOf(one);
      const pay = facts.services.get('shop/pay');
      const [way] = crossingWays(facts, (id) => progressOfPhase(id === 'shop/pay' ? 'shifting' : 'discovered', share));
      for (const { port } of pay?.ports ?? []) {
        const path = requestPath(facts, (id) => progressOfPhase(id === 'shop/pay' ? 'shifting' : 'discovered', share), {
          from: 'shop/cart',
          to: 'shop/pay',
          port,
        });
        const toKong = path?.routes.find(({ to }) => to === 'kong')?.share ?? 0;
        const found = destinations(one, facts, 'shifting', port);
        const isUndivided = (way?.cautions ?? []).some((text) => text.startsWith(`Port ${port} takes TLS`));
        if (way?.kind === 'closed' || (one.topology === 'same-cluster' && (pay?.shiftable === false || isUndivided))) {
          expect([...(found ?? new Map()).keys()].filter((name) => /kong|bridge/.test(name))).toEqual([]);
          continue;
        }
        const taken = [...(found ?? [])].filter(([name]) => / kong$|\.bridge\.internal$/.test(name));
        expect([port, taken.map(([, part]) => part)]).toEqual([port, [share]]);
        expect(toKong).toBe(share);
        divided.add(`${one.topology} ${port}`);
      }
    }),
    { numRuns: 150 },
  );
  // Every kind of port was divided between clusters, and all but TLS within one.
  expect([...divided].sort()).toEqual(
    [80, 8080, 9000, 5432, 8443, 9999]
      .flatMap((port) => (port === 8443 ? [] : [`same-cluster ${port}`]).concat(`separate-clusters ${port}`))
      .sort(),
  );
});

test('callers in Kong Mesh reach every open port of a service in Istio under its own host', () => {
  const led = new Set<string>();
  fc.assert(
    fc.property(drawn, (one) => {
      const facts = factsOf(one);
      const progressOf = (id: string) => progressOfPhase(id === 'shop/cart' ? 'migrated' : 'discovered');
      const [way] = crossingWays(facts, progressOf);
      if (way?.kind !== 'external-service') return;
      const objects = [...bridgeState(facts, progressOf).values()].flatMap((placed) =>
        placed === undefined ? [] : [placed.object],
      );
      const { systemNamespace, mesh, zone, target: version } = facts.input.names;
      const options = { version, mesh, zone, systemNamespace, clusterDomain: 'cluster.local' };
      const kong = compileKongMesh(objects, options);
      // One destination bears the host.
      const [bearer, ...others] = objects.filter(({ kind, metadata }) => {
        const { labels = {} } = metadata as { labels?: JsonObject };
        return kind !== 'HostnameGenerator' && labels['isthmus/host'] !== undefined;
      });
      expect(others).toEqual([]);
      const { kind, metadata } = bearer as unknown as {
        kind: 'MeshService' | 'MeshExternalService';
        metadata: JsonObject;
      };
      const { name, labels } = metadata as { name: string; labels: JsonObject };
      expect(labels).toMatchObject({ 'isthmus/host': 'pay.shop.svc.cluster.local' });
      for (const { port } of facts.services.get('shop/pay')?.ports ?? []) {
        if (way.cautions.some((text) => text.startsWith(`Port ${port} `))) continue;
        const external = `istio-shop-pay-${port}`;
        expect(objects.some((object) => (object.metadata as { name: string }).name === external)).toBe(true);
        if (kind === 'MeshExternalService') {
          expect(name).toBe(external);
          continue;
        }
        const client = { namespace: 'shop', labels: { app: 'cart' } };
        const table = kong.routeTable(client, { kind, namespace: systemNamespace, name }, port);
        const decisions = table.virtualHosts.flatMap(({ routes }) => routes.map(({ decision }) => decision));
        expect(decisions).toMatchObject([
          { kind: 'forward', destinations: [{ destination: { host: `${external}.${systemNamespace}`, port } }] },
        ]);
        led.add(`${one.target} ${port}`);
      }
    }),
    { numRuns: 150 },
  );
  expect(led.size).toBe(18);
});

test('a port that callers are known to call, and that has no way, keeps gates shut; others do not', () => {
  const one: Drawn = {
    ports: ['{name: http, port: 80}', '{name: dns, port: 53, protocol: UDP}', '{name: http-metrics, port: 9090}'],
    policy:
      'rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/cart]}}], to: [{operation: {ports: ["80"]}}]}]',
    rule: '',
    strict: false,
    routed: false,
    kind: 'Deployment',
    topology: 'same-cluster',
    target: '2.14',
  };
  const shut = (of: Drawn, named: string, moved: 'shop/cart' | 'shop/pay'): string[] => {
    const estate = estateOf(textOf(of).replace('value: pay.shop}', `value: "${named}"}`));
    const facts = factsOfEstate(estate, { topology: of.topology });
    return closedWays(facts, moved, (id) => progressOfPhase(id === moved ? 'migrated' : 'discovered')).map(
      ({ text }) => text,
    );
  };
  expect(shut(one, 'http://pay.shop', 'shop/cart')).toEqual([]);
  expect(shut(one, 'http://pay.shop:9090/x', 'shop/cart')).toEqual([
    expect.stringMatching(/^shop\/cart → shop\/pay: Port 9090 has no way from Kong Mesh/),
  ]);
  // Nothing says which.
  expect(shut(one, 'pay.shop', 'shop/cart')).toHaveLength(1);
  const apart: Drawn = { ...one, policy: '', topology: 'separate-clusters' };
  expect(shut(apart, 'http://pay.shop:80', 'shop/pay')).toEqual([]);
  expect(shut(apart, 'udp://pay.shop:53', 'shop/pay')).toEqual([
    expect.stringMatching(/^shop\/cart → shop\/pay: Port 53\/UDP has no way into Kong Mesh/),
  ]);
});
