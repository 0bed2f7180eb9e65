import { readManifest } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import { mergedEstate } from '../clusters.ts';
import { takeIn } from '../take-in.ts';
import { effectiveConfig } from './config.ts';
import { discovery, readByIstio } from './discovery.ts';

const files = (...texts: readonly (readonly [string, string])[]) =>
  takeIn(texts.map(([file, text]) => readManifest(file, new TextEncoder().encode(text))));
const meshConfig = (selectors: string): string =>
  `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata:\n  mesh: |\n    ${selectors}\n`;
const named = (kind: string, name: string, rest = ''): string =>
  `---\napiVersion: v1\nkind: ${kind}\nmetadata: {name: ${name}${rest}}\n`;
const of = (apiVersion: string, kind: string, name: string, namespace: string, spec = '{}'): string =>
  `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}\n`;

const found = (selectors: string, namespace: string): string | undefined => {
  const namespaces = `${named('Namespace', 'shop', ', labels: {team: sales}')}${named('Namespace', 'batch')}`;
  return discovery(files(['mesh.yaml', meshConfig(selectors) + namespaces]), 'istio-system')?.of(namespace);
};

test.each([
  ['discoverySelectors: []', 'batch', undefined],
  ['accessLogFile: /dev/stdout', 'batch', undefined],
  ['discoverySelectors: [{}]', 'batch', 'read'],
  ['discoverySelectors: [{matchLabels: {team: sales}}]', 'shop', 'read'],
  ['discoverySelectors: [{matchLabels: {team: sales}}]', 'batch', 'left out'],
  [
    'discoverySelectors: [{matchLabels: {team: crew}}, {matchExpressions: [{key: team, operator: Exists}]}]',
    'shop',
    'read',
  ],
  ['discoverySelectors: [{matchExpressions: [{key: team, operator: NotIn, values: [sales]}]}]', 'shop', 'left out'],
  ['discoverySelectors: [{matchExpressions: [{key: team, operator: NotIn, values: [sales]}]}]', 'batch', 'read'],
  ['discoverySelectors: [{matchLabels: {kubernetes.io/metadata.name: batch}}]', 'batch', 'read'],
])('%s: %s %s', (selectors, namespace, expected) => expect(found(selectors, namespace)).toBe(expected));

describe('of a namespace that the import does not hold', () => {
  test.each([
    ['its labels would tell', '{matchLabels: {team: sales}}', 'unknown'],
    ['its name is selected', '{matchLabels: {kubernetes.io/metadata.name: far}}', 'read'],
    ['its name is not selected', '{matchLabels: {kubernetes.io/metadata.name: near}}', 'left out'],
    [
      'its name is not selected, whatever its labels',
      '{matchLabels: {kubernetes.io/metadata.name: near, team: sales}}',
      'left out',
    ],
    ['its name is, its labels may be', '{matchLabels: {kubernetes.io/metadata.name: far, team: sales}}', 'unknown'],
    [
      'its name is excepted',
      '{matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [far]}]}',
      'left out',
    ],
    [
      'one selector is enough',
      '{matchLabels: {team: sales}}, {matchLabels: {kubernetes.io/metadata.name: far}}',
      'read',
    ],
  ])('%s', (_, selectors, expected) => expect(found(`discoverySelectors: [${selectors}]`, 'far')).toBe(expected));
});

test.each([
  '{matchExpressions: [{key: team, operator: Gt, values: ["1"]}]}',
  '{matchExpressions: [{key: team, operator: In}]}',
  '{matchExpressions: [{key: team, operator: Exists, values: [sales]}]}',
  'sales',
])('with an entry that istiod does not take nothing is left out, and nothing known: %s', (entry) => {
  const estate = files([
    'mesh.yaml',
    `${meshConfig(`discoverySelectors: [{matchLabels: {team: x}}, ${entry}]`)}${named('Namespace', 'shop')}${of('networking.istio.io/v1', 'Sidecar', 'own', 'shop')}`,
  ]);
  const all = discovery(estate, 'istio-system');
  expect(all).toMatchObject({ isUsable: false, leftOut: [] });
  expect(all?.unknown.map(({ kind }) => kind)).toEqual(['Sidecar']);
  expect(readByIstio(estate, 'istio-system')).toBe(estate);
});

const selecting = meshConfig('discoverySelectors: [{matchLabels: {seen: "yes"}}]');
const kinds = [
  ['networking.istio.io/v1', 'VirtualService'],
  ['networking.istio.io/v1', 'WorkloadEntry'],
  ['security.istio.io/v1', 'AuthorizationPolicy'],
  ['telemetry.istio.io/v1', 'Telemetry'],
  ['extensions.istio.io/v1alpha1', 'WasmPlugin'],
  ['install.istio.io/v1alpha1', 'IstioOperator'],
  ['v1', 'Service'],
  ['v1', 'Endpoints'],
  ['v1', 'Secret'],
  ['v1', 'ServiceAccount'],
  ['v1', 'Pod'],
  ['apps/v1', 'Deployment'],
  ['discovery.k8s.io/v1', 'EndpointSlice'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
  ['gateway.networking.k8s.io/v1', 'GatewayClass'],
  ['kuma.io/v1alpha1', 'MeshTimeout'],
] as const;

test('what Istio reads by namespace is left out with it, of the root namespace too; pods and what is not Istio’s stay', () => {
  const everything = kinds.map(([version, kind]) => of(version, kind, 'it', 'istio-system')).join('');
  const estate = files(['all.yaml', `${selecting}${named('Namespace', 'istio-system')}${everything}`]);
  const read = readByIstio(estate, 'istio-system');
  const left = discovery(estate, 'istio-system')?.leftOut.map(({ kind }) => kind);
  expect(left?.sort()).toEqual([
    'AuthorizationPolicy',
    'EndpointSlice',
    'Endpoints',
    'HTTPRoute',
    'Ingress',
    'Service',
    'Telemetry',
    'VirtualService',
    'WasmPlugin',
    'WorkloadEntry',
  ]);
  expect([...read.istio, ...read.context].map(({ kind }) => kind).sort()).toEqual([
    'ConfigMap',
    'Deployment',
    'GatewayClass',
    'IstioOperator',
    'MeshConfig',
    'MeshTimeout',
    'Namespace',
    'Pod',
    'Secret',
    'ServiceAccount',
  ]);
  // What is read once is read the same again.
  expect(readByIstio(read, 'istio-system')).toBe(read);
  expect(readByIstio(estate, 'istio-system')).toBe(read);
});

test('the registry and the rules are of what is read', () => {
  const spaces = `${named('Namespace', 'shop', ', labels: {seen: "yes"}')}${named('Namespace', 'batch')}`;
  const service = (namespace: string) => of('v1', 'Service', 'web', namespace, '{ports: [{port: 80}]}');
  const rule = (namespace: string) =>
    of('networking.istio.io/v1', 'DestinationRule', 'own', namespace, '{host: web.shop.svc.cluster.local}');
  const estate = files(['a.yaml', `${selecting}${spaces}${service('shop')}${service('batch')}${rule('batch')}`]);
  const config = effectiveConfig(estate);
  expect(config.registry.all.map(({ host }) => host)).toEqual(['web.shop.svc.cluster.local']);
  expect(config.leftOut.map(({ host }) => host)).toEqual(['web.batch.svc.cluster.local']);
  expect(config.destinationRules.all).toEqual([]);
  expect(config.scopeOf({ namespace: 'shop', labels: {} }).service('web.batch.svc.cluster.local')).toBeUndefined();
});

test('each cluster has its own namespaces', () => {
  const mark = (cluster: string) => `annotations: {isthmus/cluster: ${cluster}}`;
  const inCluster = (cluster: string, labels: string): string =>
    `${named('Namespace', 'shop', `, labels: ${labels}, ${mark(cluster)}`)}---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop, ${mark(cluster)}}\nspec: {ports: [{port: 80}]}\n`;
  const estate = files(
    ['mesh.yaml', selecting],
    ['east.yaml', inCluster('east', '{seen: "yes"}')],
    ['west.yaml', inCluster('west', '{}')],
  );
  const all = discovery(estate, 'istio-system');
  expect(all?.leftOut.map(({ kind, source }) => [kind, source.cluster])).toEqual([['Service', 'west']]);
  // As one mesh the versions of one cluster stand for both, with its own labels.
  const [service] = discovery(mergedEstate(estate), 'istio-system')?.leftOut ?? [];
  expect([service?.kind, service?.source.cluster]).toEqual(['Service', 'west']);
});

test('each cluster has its own selectors, and one that another serves has those of the import', () => {
  const marked = (text: string, cluster: string): string =>
    text.replaceAll('metadata: {', `metadata: {annotations: {isthmus/cluster: ${cluster}}, `);
  const policy = of('security.istio.io/v1', 'AuthorizationPolicy', 'own', 'shop');
  const content = `${named('Namespace', 'shop')}${policy}`;
  const left = (...clusters: string[]) =>
    discovery(files(...clusters.map((text, index) => [`${index}.yaml`, text] as const)), 'istio-system')?.leftOut.map(
      ({ source }) => source.cluster,
    );
  const east = marked(selecting + content, 'east');
  const open = meshConfig('accessLogFile: /dev/stdout');
  expect(left(east, marked(open + content, 'west'))).toEqual(['east']);
  expect(left(east, marked(content, 'west'))).toEqual(['east', 'west']);
  // What is written for all of them counts where one reads it.
  const shared = `${policy.replace('name: own', 'name: shared')}`;
  expect(left(east, marked(open + content, 'west'), shared)).toEqual(['east']);
  expect(left(east, shared)).toEqual(['east', undefined]);
});
