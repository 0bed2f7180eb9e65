import type { Client } from '@isthmus/behavior';
import { descend, type Field, isMap, parsePath, readManifest, rootField } from '@isthmus/kubernetes';
import { arbitraryEstate, asResources } from '@isthmus/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileClusterSettings } from '../behavior/cluster-settings.ts';
import { compileService } from '../behavior/route-table.ts';
import { takeIn } from '../take-in.ts';
import { clientGroups, isMember } from './client-groups.ts';
import { effectiveConfig } from './config.ts';
import { isOrderGuessed } from './creation-order.ts';
import { effectivePolicy } from './traffic-policy.ts';
import { workloadsOf } from './workloads.ts';

const configOf = (text: string) => effectiveConfig(takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]));

let age = 0;
const istio = (kind: string, name: string, namespace: string, spec: string) =>
  `---\napiVersion: networking.istio.io/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${namespace}, creationTimestamp: "${new Date(
    ++age * 1000,
  ).toISOString()}"}\nspec: ${spec}\n`;

const service = (name: string, namespace: string, annotations = '{}') =>
  `---\napiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: ${namespace}, annotations: ${annotations}}\nspec: {clusterIP: 10.0.0.1, ports: [{name: http, port: 80}]}\n`;

const place = ({ resource, path }: Field) => `${resource.name} ${path}`;

test('a delegate’s rules stand in the root’s place, each part where it was written', () => {
  const [root] = configOf(
    [
      istio(
        'VirtualService',
        'root',
        'shop',
        '{hosts: [seats], http: [{name: out, match: [{uri: {prefix: /p}, headers: {a: {exact: "1"}}}], delegate: {name: leaf, namespace: team}, timeout: 3s, retries: {attempts: 1}}, {route: [{destination: {host: seats}}]}]}',
      ),
      istio(
        'VirtualService',
        'leaf',
        'team',
        '{http: [{name: in, match: [{uri: {prefix: /p/a}, headers: {b: {exact: "2"}}}], route: [{destination: {host: crew}}], timeout: 5s}, {match: [{uri: {prefix: /q}}], route: [{destination: {host: crew}}]}]}',
      ),
    ].join(''),
  ).virtualServices.all;
  const [rule, second] = root?.http ?? [];
  expect(root?.http).toHaveLength(2);
  expect(rule && place(rule.field)).toBe('leaf spec.http[0]');
  expect(rule?.delegatedBy && place(rule.delegatedBy)).toBe('root spec.http[0]');
  expect(rule?.name.map(({ value }) => value)).toEqual(['out', 'in']);
  expect(rule?.settings.timeout && place(rule.settings.timeout)).toBe('leaf spec.http[0].timeout');
  expect(rule?.settings.retries && place(rule.settings.retries)).toBe('root spec.http[0].retries');
  expect(rule?.route[0]?.destination.host.host).toBe('crew.team.svc.cluster.local');
  const [match] = rule?.matches ?? [];
  expect(match?.fields.map(place)).toEqual(['leaf spec.http[0].match[0]', 'root spec.http[0].match[0]']);
  expect(Object.values(match?.named.headers ?? {}).map(place)).toEqual([
    'root spec.http[0].match[0].headers.a',
    'leaf spec.http[0].match[0].headers.b',
  ]);
  expect(second && place(second.field)).toBe('root spec.http[1]');
  expect(root?.lost.map(({ field, reason }) => [place(field), reason])).toEqual([['leaf spec.http[1]', 'conflict']]);
});

// virtualservice.go hasConflict, stringMatchConflict.
test.each([
  ['{uri: {prefix: /a}}', '{uri: {prefix: /ab}}', true],
  ['{uri: {prefix: /a}}', '{uri: {exact: /a/b}}', true],
  ['{uri: {prefix: /a/b}}', '{uri: {prefix: /a}}', false],
  ['{uri: {exact: /a}}', '{uri: {exact: /a}}', true],
  ['{uri: {exact: /a}}', '{uri: {prefix: /a}}', false],
  ['{uri: {regex: .*}}', '{uri: {exact: /a}}', false],
  ['{uri: {prefix: /a}}', '{uri: {regex: .*}}', false],
  ['{uri: {prefix: /a}}', '{method: {exact: GET}}', true],
  ['{headers: {x: {exact: "1"}}}', '{headers: {x: {exact: "2"}}}', false],
  ['{uri: {prefix: /}, ignoreUriCase: true}', '{uri: {prefix: /a}}', false],
  ['{port: 80}', '{port: 81}', false],
  ['{port: 80}', '{uri: {prefix: /a}}', true],
  ['{sourceNamespace: a}', '{uri: {prefix: /a}}', false],
  ['{sourceLabels: {a: "1"}}', '{sourceLabels: {a: "2"}}', false],
  ['{sourceLabels: {a: "1"}}', '{sourceLabels: {b: "2"}}', true],
  ['{gateways: [mesh]}', '{gateways: [mesh, gw]}', false],
])('a root’s match %s and a delegate’s %s go together: %s', (root, leaf, together) => {
  const [virtualService] = configOf(
    istio('VirtualService', 'root', 'shop', `{hosts: [seats], http: [{match: [${root}], delegate: {name: leaf}}]}`) +
      istio('VirtualService', 'leaf', 'shop', `{http: [{match: [${leaf}], route: [{destination: {host: seats}}]}]}`),
  ).virtualServices.all;
  expect(virtualService?.http).toHaveLength(together ? 1 : 0);
});

test('a delegate that is missing, or not exported to the root, costs its rule alone', () => {
  const [root] = configOf(
    istio(
      'VirtualService',
      'root',
      'shop',
      '{hosts: [seats], http: [{delegate: {name: none}}, {delegate: {name: leaf, namespace: team}}, {redirect: {uri: /}}]}',
    ) + istio('VirtualService', 'leaf', 'team', '{exportTo: [.], http: [{redirect: {uri: /x}}]}'),
  ).virtualServices.all;
  expect(root?.http.map(({ field }) => place(field))).toEqual(['root spec.http[2]']);
  expect(root?.lost.map(({ reason }) => reason)).toEqual(['delegate missing', 'delegate not exported']);
});

test('a namespace sees its private VirtualServices first, then those exported to it, then the public ones', () => {
  const config = configOf(
    [
      istio('VirtualService', 'public', 'shop', '{hosts: [seats]}'),
      istio('VirtualService', 'to-web', 'shop', '{hosts: [seats], exportTo: [web]}'),
      istio('VirtualService', 'private', 'web', '{hosts: [seats.shop.svc.cluster.local], exportTo: [.]}'),
      istio('VirtualService', 'hidden', 'shop', '{hosts: [seats], exportTo: [other]}'),
      istio('VirtualService', 'gateway', 'shop', '{hosts: [seats], gateways: [gw]}'),
      service('seats', 'shop'),
    ].join(''),
  );
  const seen = (namespace: string) =>
    config.scopeOf({ namespace, labels: {} }).listeners[0]?.virtualServices.matching('seats.shop.svc.cluster.local');
  expect(seen('web')?.map(({ resource }) => resource.name)).toEqual(['private', 'to-web', 'public']);
  expect(seen('else')?.map(({ resource }) => resource.name)).toEqual(['public']);
});

test('competitors without a time are ordered by name, and that is called a guess', () => {
  const untimed = istio('VirtualService', 'a', 'shop', '{hosts: [seats]}').replace(/, creationTimestamp: "[^"]*"/, '');
  const { all } = configOf(istio('VirtualService', 'b', 'shop', '{hosts: [seats]}') + untimed).virtualServices;
  expect(all.map(({ resource }) => resource.name)).toEqual(['a', 'b']);
  expect(isOrderGuessed(all.map(({ resource }) => resource))).toBe(true);
  expect(isOrderGuessed(all.slice(0, 1).map(({ resource }) => resource))).toBe(false);
});

const ruleFor = (config: ReturnType<typeof configOf>, namespace: string, labels = {}) =>
  config.destinationRule({ namespace, labels }, 'seats.shop.svc.cluster.local');

test('T48: the most specific rule of the client’s namespace, else the service’s, else the root’s', () => {
  const rule = (name: string, namespace: string, spec: string) => istio('DestinationRule', name, namespace, spec);
  const config = configOf(
    [
      service('seats', 'shop'),
      rule('wild', 'web', '{host: "*.shop.svc.cluster.local"}'),
      rule('far', 'team', '{host: seats.shop.svc.cluster.local}'),
      rule('own', 'shop', '{host: seats, exportTo: [".", web2]}'),
      rule('root', 'istio-system', '{host: "*.local"}'),
    ].join(''),
  );
  const names = ['web', 'shop', 'web2', 'else'].map((namespace) => ruleFor(config, namespace)?.resources[0].name);
  expect(names).toEqual(['wild', 'own', 'own', 'root']);
});

test('T49, T86: rules of one host unite their subsets where they are exported alike; else the newest hides the others', () => {
  const rule = (name: string, spec: string) => istio('DestinationRule', name, 'shop', `{host: seats, ${spec}}`);
  const united = ruleFor(
    configOf(
      [
        service('seats', 'shop'),
        rule('a', 'subsets: [{name: v1, labels: {v: a}}]'),
        rule('b', 'trafficPolicy: {loadBalancer: {simple: RANDOM}}, subsets: [{name: v1, labels: {v: b}}, {name: v2}]'),
        rule('c', 'trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}'),
      ].join(''),
    ),
    'web',
  );
  expect(united?.resources.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  expect(united?.trafficPolicy && place(united.trafficPolicy)).toBe('b spec.trafficPolicy');
  expect(united?.subsets.map(({ field }) => place(field))).toEqual(['a spec.subsets[0]', 'b spec.subsets[1]']);
  const apart = configOf(
    [
      service('seats', 'shop'),
      rule('a', 'subsets: [{name: v1}]'),
      rule('b', 'exportTo: ["*"], subsets: [{name: v2}]'),
    ].join(''),
  );
  expect(ruleFor(apart, 'web')?.subsets.map(({ name }) => name)).toEqual(['v2']);
  const wider = configOf(
    [
      service('seats', 'shop'),
      rule('a', 'exportTo: [a], subsets: [{name: v1}]'),
      rule('b', 'exportTo: [a, c], subsets: [{name: v2}]'),
    ].join(''),
  );
  expect(ruleFor(wider, 'a')?.subsets.map(({ name }) => name)).toEqual(['v1', 'v2']);
  expect(ruleFor(wider, 'c')).toBeUndefined();
});

test('a rule with a workload selector is for clients of its namespace that have the labels', () => {
  const config = configOf(
    [
      service('seats', 'shop'),
      istio('DestinationRule', 'all', 'web', '{host: seats.shop.svc.cluster.local}'),
      istio(
        'DestinationRule',
        'some',
        'web',
        '{host: seats.shop.svc.cluster.local, workloadSelector: {matchLabels: {app: a}}}',
      ),
    ].join(''),
  );
  expect(ruleFor(config, 'web', { app: 'a' })?.resources[0].name).toBe('some');
  expect(ruleFor(config, 'web', { app: 'b' })?.resources[0].name).toBe('all');
});

test('T51: a port’s entry replaces all blocks; a subset overrides by block', () => {
  const config = configOf(
    `${service('seats', 'shop')}${istio(
      'DestinationRule',
      'a',
      'shop',
      '{host: seats, trafficPolicy: {outlierDetection: {}, tls: {mode: DISABLE}, portLevelSettings: [{port: {number: 80}, loadBalancer: {simple: RANDOM}}]}, subsets: [{name: v1, trafficPolicy: {connectionPool: {}, portLevelSettings: [{port: {number: 81}, tls: {mode: SIMPLE}}]}}]}',
    )}---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: '{defaultTrafficPolicy: {connectionPool: {tcp: {maxConnections: 5}}}}'
`,
  );
  const rule = ruleFor(config, 'web');
  const [subset] = rule?.subsets ?? [];
  const blocks = (port: number, ofSubset = true) =>
    Object.values(effectivePolicy(rule, port, ofSubset ? subset : undefined, config.mesh))
      .map(place)
      .sort();
  expect(blocks(80, false)).toEqual([
    'a spec.trafficPolicy.portLevelSettings[0].loadBalancer',
    'istio defaultTrafficPolicy.connectionPool',
  ]);
  expect(blocks(80)).toEqual([
    'a spec.subsets[0].trafficPolicy.connectionPool',
    'a spec.trafficPolicy.portLevelSettings[0].loadBalancer',
  ]);
  expect(blocks(81)).toEqual(['a spec.subsets[0].trafficPolicy.portLevelSettings[0].tls']);
});

test('a Sidecar leaves in sight what it imports, and what an imported VirtualService sends to', () => {
  const config = configOf(
    [
      service('seats', 'shop'),
      service('crew', 'team'),
      service('far', 'team'),
      istio(
        'VirtualService',
        'a',
        'shop',
        '{hosts: [seats], http: [{route: [{destination: {host: crew.team.svc.cluster.local}}]}]}',
      ),
      istio('Sidecar', 'default', 'shop', '{egress: [{hosts: ["./*", "~*/far.team.svc.cluster.local"]}]}'),
      istio('Sidecar', 'one', 'shop', '{workloadSelector: {labels: {app: x}}, egress: [{hosts: ["team/*"]}]}'),
    ].join(''),
  );
  const hosts = (labels: Record<string, string>) => {
    const scope = config.scopeOf({ namespace: 'shop', labels });
    return ['seats.shop', 'crew.team', 'far.team'].filter((name) => scope.service(`${name}.svc.cluster.local`));
  };
  expect(hosts({})).toEqual(['seats.shop', 'crew.team']);
  expect(hosts({ app: 'x' })).toEqual(['crew.team', 'far.team']);
});

test('services that are not exported to a namespace are unknown there', () => {
  const config = configOf(
    service('seats', 'shop', '{networking.istio.io/exportTo: "., web"}') +
      service('crew', 'shop', '{networking.istio.io/exportTo: "~"}'),
  );
  const known = (namespace: string) => config.scopeOf({ namespace, labels: {} }).listeners[0]?.services.all.length;
  expect(['shop', 'web', 'else'].map(known)).toEqual([1, 1, 0]);
});

const workload = (name: string, namespace: string) =>
  `---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: {template: {metadata: {labels: {app: ${name}}}, spec: {}}}\n`;

test('clients are grouped by what decides about their calls: namespaces, labels, nothing', () => {
  const host = 'seats.shop.svc.cluster.local';
  const base = [service('seats', 'shop'), workload('a', 'shop'), workload('b', 'web'), workload('c', 'team')].join('');
  const groups = (text: string) =>
    clientGroups(configOf(base + text), host).map(({ namespaces, meets, isKnown }) => [
      namespaces.join(),
      meets.map((labels) => Object.values(labels).join()).join(),
      isKnown,
    ]);
  expect(groups('')).toEqual([['shop,team,web', '', true]]);
  const plain = istio(
    'VirtualService',
    'a',
    'shop',
    '{hosts: [seats], http: [{route: [{destination: {host: seats}}]}]}',
  );
  expect(groups(plain)).toEqual([['shop,team,web', '', true]]);
  const labels = istio(
    'VirtualService',
    'a',
    'shop',
    '{hosts: [seats], http: [{match: [{sourceLabels: {app: b}}], redirect: {uri: /}}, {match: [{sourceLabels: {app: z}}], redirect: {uri: /z}}]}',
  );
  expect(groups(labels)).toEqual([
    ['shop,team,web', 'b', true],
    ['shop,team,web', '', true],
    ['shop,team,web', 'z', false],
  ]);
  const own = (exportTo: string) => istio('DestinationRule', 'a', 'shop', `{host: seats, exportTo: [${exportTo}]}`);
  expect(groups(own('"*"'))).toEqual([['shop,team,web', '', true]]);
  expect(groups(own('.'))).toEqual([
    ['team,web', '', true],
    ['shop', '', true],
  ]);
  expect(groups(istio('DestinationRule', 'a', 'web', '{host: seats.shop.svc.cluster.local}'))).toEqual([
    ['shop,team', '', true],
    ['web', '', true],
  ]);
  expect(groups(istio('Sidecar', 'a', 'web', '{egress: [{hosts: ["./*"]}]}'))).toEqual([
    ['shop,team', '', true],
    ['web', '', true],
  ]);
  expect(
    groups(
      istio(
        'VirtualService',
        'a',
        'shop',
        '{hosts: [seats], http: [{match: [{sourceNamespace: team}], redirect: {uri: /}}]}',
      ),
    ),
  ).toEqual([
    ['shop,web', '', true],
    ['team', '', true],
  ]);
});

const isField = (value: unknown): value is Field =>
  typeof value === 'object' && value !== null && 'resource' in value && 'path' in value && 'value' in value;

function* fieldsIn(value: unknown, seen = new Set<unknown>()): Generator<Field> {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  if (isField(value)) yield value;
  // Resources themselves are looked into by the paths.
  for (const [key, part] of Object.entries(value))
    if (key !== 'resource' && key !== 'resources') yield* fieldsIn(part, seen);
}

test('every value of any estate is the one at its place, and the members of a group decide alike', () => {
  fc.assert(
    fc.property(arbitraryEstate(4), (manifests) => {
      const files = manifests.map((manifest, index) =>
        readManifest(`${index}.json`, new TextEncoder().encode(JSON.stringify(manifest))),
      );
      const config = effectiveConfig(takeIn(files));
      for (const field of fieldsIn([config.virtualServices.all, config.destinationRules.all])) {
        const found = descend(rootField(field.resource), ...(parsePath(field.path) ?? []));
        expect(found?.value).toEqual(field.value);
      }
      const routes = (client: Client, host: string, port: number) =>
        compileService(config, client, host, port)?.table.virtualHosts.map((one) => one.routes);
      const workloads = workloadsOf(config.estate);
      for (const { host, ports } of config.registry.all)
        for (const group of clientGroups(config, host)) {
          expect(isMember(group, group.client)).toBe(true);
          const settings = compileClusterSettings(config, group.client, host);
          expect(settings.size).toBeGreaterThan(0);
          for (const member of workloads.filter((one) => isMember(group, one))) {
            expect(compileClusterSettings(config, member, host)).toEqual(settings);
            for (const { port } of ports)
              expect(routes(member, host, port)).toEqual(routes(group.client, host, port) ?? 'nothing');
          }
        }
    }),
    { numRuns: 30 },
  );
});

test('what is no map, list or text is passed over', () => {
  const broken = asResources([
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'a', namespace: 'b' },
      spec: {
        hosts: ['x', 1, null],
        http: [null, 'a', { match: 3, route: [{ destination: null }, { destination: { host: 1 } }] }],
        exportTo: 7,
      },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { name: 'a', namespace: 'b' },
      spec: { host: 'x', trafficPolicy: [], subsets: [{ labels: 3 }], exportTo: {} },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Sidecar',
      metadata: { name: 'a', namespace: 'b' },
      spec: { egress: [{ hosts: ['x', 'a/b/c', 3] }] },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'ServiceEntry',
      metadata: { name: 'a', namespace: 'b' },
      spec: { hosts: ['x.example', {}], ports: [3, { number: 80 }], addresses: [{}] },
    },
  ]);
  expect(broken.every(({ object }) => isMap(object))).toBe(true);
  const config = effectiveConfig({
    sources: [],
    superseded: [],
    skipped: [],
    diagnostics: [],
    istio: broken,
    context: [],
  });
  expect(config.virtualServices.all[0]?.hosts.map(({ host }) => host)).toEqual(['x.b.svc.cluster.local']);
  expect(config.virtualServices.all[0]?.http[0]?.route).toEqual([]);
  expect(config.registry.all.map(({ host }) => host)).toEqual(['x.example']);
  for (const namespace of ['a', 'b'])
    expect(clientGroups(config, 'x.example').some((group) => isMember(group, { namespace, labels: {} }))).toBe(
      namespace === 'b',
    );
});

test('the mesh’s settings come from its ConfigMap, else from who installs it', () => {
  const configMap = (name: string, timeout: string) =>
    `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: istio-system}\ndata:\n  mesh: '{connectTimeout: ${timeout}, trustDomain: "td@x"}'\n`;
  const operator =
    '---\napiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: a}\nspec: {meshConfig: {connectTimeout: 3s, rootNamespace: root}}\n';
  const sail =
    '---\napiVersion: sailoperator.io/v1\nkind: Istio\nmetadata: {name: default}\nspec: {values: {meshConfig: {connectTimeout: 4s}}}\n';
  const timeout = (text: string) => {
    const { config } = configOf(text).mesh;
    const field = config && descend(config, 'connectTimeout');
    return field && [field.resource.kind, field.path, field.value];
  };
  expect(timeout('')).toBeUndefined();
  expect(timeout(sail)).toEqual(['Istio', 'spec.values.meshConfig.connectTimeout', '4s']);
  expect(timeout(operator)).toEqual(['IstioOperator', 'spec.meshConfig.connectTimeout', '3s']);
  expect(timeout(operator + configMap('istio-canary', '2s'))).toEqual(['MeshConfig', 'connectTimeout', '2s']);
  expect(timeout(configMap('istio-canary', '2s') + configMap('istio', '1s'))).toEqual([
    'MeshConfig',
    'connectTimeout',
    '1s',
  ]);
  expect(configOf(operator).mesh).toMatchObject({ rootNamespace: 'root', trustDomain: 'cluster.local' });
  expect(configOf(configMap('istio', '1s')).mesh.trustDomain).toBe('td.x');
});

test('the mesh’s retries and exports are the default of services and rules that say nothing', () => {
  const config = configOf(
    `${service('seats', 'shop')}${istio('VirtualService', 'a', 'shop', '{hosts: [seats], http: [{match: [{uri: {prefix: /a}}], route: [{destination: {host: seats}}], retries: {attempts: 1}}, {route: [{destination: {host: seats}}]}]}')}---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: '{defaultHttpRetryPolicy: {attempts: 5, retryOn: 5xx}, defaultVirtualServiceExportTo: ["."]}'
`,
  );
  const retries = (namespace: string) =>
    compileService(
      config,
      { namespace, labels: {} },
      'seats.shop.svc.cluster.local',
      80,
    )?.table.virtualHosts[0]?.routes.map(({ decision }) =>
      decision.kind === 'forward' ? decision.retries : undefined,
    );
  expect(retries('shop')).toMatchObject([
    { attempts: 1, on: expect.arrayContaining(['connect-failure']) },
    { attempts: 5, on: ['5xx'] },
  ]);
  expect(retries('web')).toMatchObject([{ attempts: 5, on: ['5xx'] }]);
});
